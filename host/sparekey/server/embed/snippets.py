"""HTML to paste into a foreign page: a QR code that needs nothing else, and a script for live status."""

import base64
import html
import json

from . import qr_picture


def qr(text: str, side: int, kind: str, words: str) -> str:
    """A figure with the QR code of ``text``; ``kind`` is ``login`` or ``enrol``."""
    picture = base64.b64encode(qr_picture.png(text, side)).decode("ascii")
    said = html.escape(words)
    return (
        f'<figure class="sparekey sparekey-{kind}">'
        f'<a href="{html.escape(text)}"><img src="data:image/png;base64,{picture}" alt="{said}"></a>'
        f"<figcaption>{said}</figcaption></figure>\n"
    )


def footer(public_url: str, live_url: str, hsids: list[str]) -> str:
    """The end of the page: the script that reloads it when one of the sessions changes."""
    source, live = html.escape(public_url + "/embed.js"), html.escape(live_url)
    sessions = html.escape(json.dumps(hsids))
    return (
        f'<script src="{source}" data-live="{live}" data-sessions="{sessions}" async></script>\n'
        "<noscript><p>When you have signed in with your token, reload this page.</p></noscript>\n"
    )


EMBED = """\
// Reloads the page when one of its Sparekey sessions logs in or out, or an enrolment goes on.
(function () {
  "use strict";
  const { live, sessions } = document.currentScript.dataset;
  let socket = null;
  function connect() {
    socket = new WebSocket(live);
    socket.addEventListener("open", () => {
      for (const hsid of JSON.parse(sessions)) socket.send(JSON.stringify({ type: "REGISTER", hsid }));
    });
    socket.addEventListener("message", () => location.reload());
    socket.addEventListener("close", () => setTimeout(connect, 5000));
  }
  connect();
})();
"""
"""The script behind ``footer``."""
