// Learns of a change: told by the server's WebSocket where there is one, and always by looking now and then.

const SLOWER = 8; // how much rarer to look while the WebSocket is open
const RETRY = 5000; // milliseconds before a lost WebSocket is opened again

export function watch({ address, wsurl, hsid, every, changed }) {
  let over = false;
  let socket = null;
  let timer = 0;
  let looking = false;

  const open = () => socket !== null && socket.readyState === WebSocket.OPEN;

  async function look() {
    clearTimeout(timer);
    if (over || looking) return;
    looking = true;
    try {
      const reply = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (reply.ok && !over) await changed(await reply.json());
    } catch {
      // no network for the moment: the next look tells
    }
    looking = false;
    if (!over) timer = setTimeout(look, open() ? every * SLOWER : every);
  }

  function connect() {
    if (over) return;
    try {
      socket = new WebSocket(wsurl);
    } catch {
      return; // an address that is none: looking remains
    }
    socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "REGISTER", hsid })));
    socket.addEventListener("message", look);
    socket.addEventListener("close", () => setTimeout(connect, RETRY));
  }

  if (wsurl) connect();
  timer = setTimeout(look, every);
  return () => {
    over = true;
    clearTimeout(timer);
    if (socket !== null) socket.close();
  };
}
