// Shows the OLED live and hands presses to the virtual board. A press lasts as long as the key is held.
const canvas = document.getElementById("oled");
const context = canvas.getContext("2d");
const plug = document.getElementById("plug");
const state = document.getElementById("state");
const text = document.getElementById("text");
const KEYS = { Enter: "ok", " ": "next", ArrowRight: "next", ArrowDown: "next", Escape: "back", ArrowLeft: "back" };

function draw(bits) {
  const image = context.createImageData(128, 64);
  for (let pixel = 0; pixel < 128 * 64; pixel++) {
    const lit = bits[pixel >> 3] & (0x80 >> (pixel & 7));
    image.data.set(lit ? [190, 235, 255, 255] : [0, 0, 0, 255], pixel * 4);
  }
  context.putImageData(image, 0, 0);
}

async function look() {
  let changes = -1;
  for (;;) {
    try {
      const answer = await fetch(`/screen.bits?after=${changes}`);
      if (!answer.ok) throw new Error(String(answer.status));
      changes = answer.headers.get("changes");
      draw(new Uint8Array(await answer.arrayBuffer()));
      const on = answer.headers.get("power") === "on";
      state.textContent = on ? "plugged in" : "unplugged";
      plug.textContent = on ? "Unplug" : "Plug in";
      plug.setAttribute("aria-pressed", String(on));
      text.textContent = await (await fetch("/screen.txt")).text();
    } catch {
      state.textContent = "the virtual token doesn't answer";
      await new Promise((wake) => setTimeout(wake, 1000));
      changes = -1;
    }
  }
}

const held = new Map(); // buttons that are down, and the requests that told so

function hold(button, state) {
  return fetch(`/hold/${button}/${state}`, { method: "POST" }).catch(() => {}); // look() says so
}

function down(button) {
  if (held.has(button)) return;
  held.set(button, hold(button, "down"));
  document.querySelector(`[data-button=${button}]`).classList.add("down");
}

function up(button) {
  if (!held.has(button)) return;
  const told = held.get(button);
  held.delete(button);
  document.querySelector(`[data-button=${button}]`).classList.remove("down");
  told.then(() => hold(button, "up")); // however slow the way there is, the one comes after the other
}

for (const element of document.querySelectorAll("[data-button]")) {
  const button = element.dataset.button;
  element.addEventListener("pointerdown", () => down(button));
  for (const end of ["pointerup", "pointerleave", "pointercancel"]) {
    element.addEventListener(end, () => up(button));
  }
  // from a screen reader or a script there is a click without a pointer
  element.addEventListener("click", (event) => {
    if (event.detail === 0) {
      down(button);
      up(button);
    }
  });
}

function keyOf(event) {
  const elsewhere = event.target.closest("button, summary");
  return event.ctrlKey || event.altKey || event.metaKey || elsewhere ? undefined : KEYS[event.key];
}

addEventListener("keydown", (event) => {
  const button = keyOf(event);
  if (button && !event.repeat) {
    event.preventDefault();
    down(button);
  }
});
addEventListener("keyup", (event) => {
  const button = keyOf(event);
  if (button) up(button);
});

plug.addEventListener("click", () => {
  plug.disabled = true;
  const on = plug.getAttribute("aria-pressed") === "true";
  fetch(`/power/${on ? "off" : "on"}`, { method: "POST" }).finally(() => (plug.disabled = false));
});

look();
