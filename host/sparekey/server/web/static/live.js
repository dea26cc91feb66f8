// Learns of a change: told by the server's WebSocket where there is one, and always by looking now and then.

const SLOWER = 8; // how much rarer to look while the WebSocket is open
const RETRY = 5000; // milliseconds before a lost WebSocket is opened again

export function watch({ address, wsurl, hsid, every, changed }) {
  let over = false;
  let socket = null;
  let timer = 0;
  let looking = false;
  let again = false; // news came during a look, which may have been answered before it
  let told = false; // the WebSocket is open, and its server has had time to read what it is to tell

  const open = () => socket !== null && socket.readyState === WebSocket.OPEN;

  function later() {
    clearTimeout(timer);
    if (over || looking) return;
    timer = setTimeout(look, told ? every * SLOWER : every);
    told = open();
  }

  async function look() {
    clearTimeout(timer);
    again = true;
    if (looking) return;
    looking = true;
    while (again && !over) {
      again = false;
      await ask();
    }
    looking = false;
    later();
  }

  async function ask() {
    try {
      const reply = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (reply.ok && !over) await changed(await reply.json());
    } catch {
      // no network for the moment: the next look tells
    }
  }

  function connect() {
    if (over) return;
    try {
      socket = new WebSocket(wsurl);
    } catch {
      return; // an address that is none: looking remains
    }
    socket.addEventListener("open", () => {
      socket.send(JSON.stringify({ type: "REGISTER", hsid }));
      turned();
    });
    socket.addEventListener("message", look);
    socket.addEventListener("close", () => {
      turned();
      setTimeout(connect, RETRY);
    });
  }

  // nobody told what happened while it wasn't open
  function turned() {
    told = false;
    later();
  }

  if (wsurl) connect();
  later();
  return () => {
    over = true;
    clearTimeout(timer);
    if (socket !== null) socket.close();
  };
}
