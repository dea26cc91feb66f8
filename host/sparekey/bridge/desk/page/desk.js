// The desktop page: hands pictures to the bridge and shows what it tells.
const at = (id) => document.getElementById(id);
const show = (id, on) => (at(id).hidden = !on);
const say = (id, words) => (at(id).textContent = words);

// an OTP is accepted in the interval it was made in and the next (docs/protocol.md §4)
const INTERVAL = 120;
let seen = 0;
let timer = 0;

async function post(path, body) {
  const reply = await fetch(path, { method: "POST", body });
  return { ok: reply.ok, ...(await reply.json()) };
}

const act = (what, index = 0) => post("do", JSON.stringify({ what, index }));

async function scan(data) {
  say("scan-error", "Looking…");
  let found;
  try {
    found = await post("scan", data);
  } catch {
    found = { ok: false, error: "Sparekey is not running any more. Start 'sparekey desk' again." };
  }
  say("scan-error", found.ok ? "" : found.error);
  if (!found.ok) return;
  show("scan", false);
  show("login", true);
}

function reset() {
  clearInterval(timer);
  for (const id of ["who", "ways", "prompt", "end", "left", "code"]) say(id, "");
  at("errors").replaceChildren();
  for (const id of ["accounts", "otp", "now", "again", "close"]) show(id, false);
  show("stop", true);
}

function countDown(id, end, words, after) {
  clearInterval(timer);
  const tick = () => {
    const left = Math.max(0, Math.round(end - Date.now() / 1000));
    say(id, left ? words(left) : after);
    if (!left) clearInterval(timer);
  };
  tick();
  timer = setInterval(tick, 500);
}

function choose(what, accounts) {
  const box = at("accounts");
  box.replaceChildren();
  for (const { index, name } of accounts) {
    const button = document.createElement("button");
    button.textContent = name;
    button.addEventListener("click", () => {
      show("accounts", false);
      act(what, index);
    });
    box.append(button);
  }
  box.prepend("Which account? ");
  show("accounts", true);
}

const heard = {
  scanned({ server, hint }) {
    reset();
    say("who", `Login at ${server}` + (hint ? `, asked for by ${hint}` : ""));
  },
  countdown({ seconds }) {
    show("now", true);
    const words = (left) => `Trying the server. If it stays away, you get a one-time password in ${left} s.`;
    countDown("ways", Date.now() / 1000 + seconds, words, "");
  },
  otp_offered({ accounts }) {
    clearInterval(timer);
    show("now", false);
    say("ways", "The token can make a one-time password now.");
    if (accounts.length > 1) choose("otp", accounts);
  },
  login_confirmation({ accounts }) {
    clearInterval(timer);
    show("now", false);
    say("ways", "The server answers: no one-time password is needed.");
    if (accounts.length > 1) choose("confirm", accounts);
  },
  second_factor(event) {
    heard.login_confirmation(event);
  },
  waiting({ what }) {
    say("prompt", what === "pin" ? "Type your PIN on the token." : "Press OK on the token if that is you.");
  },
  unplugged() {
    say("prompt", "The token was unplugged. Plug it in again to go on.");
  },
  plugged_in() {
    say("prompt", "");
  },
  user_error_message({ error_code, message, next_step }) {
    const line = document.createElement("li");
    line.textContent = `${message} ${next_step}` + (error_code ? ` (error ${error_code})` : "");
    at("errors").append(line);
  },
  otp({ otp }) {
    show("otp", true);
    say("code", otp);
    const now = Date.now() / 1000;
    const end = (Math.floor(now / INTERVAL) + 2) * INTERVAL;
    countDown("left", end, (left) => `Type it into the page that asks. Good for ${left} s.`, "It is too old now.");
  },
  logged_in({ account }) {
    say("end", account ? `Signed in as ${account.name}.` : "Signed in.");
  },
  session_stop({ outcome }) {
    if (outcome !== "otp") clearInterval(timer);
    if (outcome === "stopped") say("end", "Stopped.");
    if (outcome !== "otp") say("ways", "");
    say("prompt", "");
    for (const id of ["now", "accounts", "stop"]) show(id, false);
    for (const id of ["again", "close"]) show(id, true);
  },
};

async function listen() {
  for (;;) {
    let told;
    try {
      told = await (await fetch(`events/${seen}`)).json();
    } catch {
      return closed();
    }
    if (!told.events) return closed();
    seen = told.count;
    for (const event of told.events) heard[event.event]?.(event);
  }
}

function closed() {
  clearInterval(timer);
  reset();
  for (const id of ["scan", "login"]) show(id, false);
  show("closed", true);
}

at("file").addEventListener("change", (event) => event.target.files[0] && scan(event.target.files[0]));
document.addEventListener("paste", (event) => {
  const [file] = event.clipboardData.files;
  const text = event.clipboardData.getData("text");
  if (file || text) scan(file ?? text);
});
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  at("drop").classList.add("over");
});
document.addEventListener("dragleave", () => at("drop").classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  at("drop").classList.remove("over");
  const [file] = event.dataTransfer.files;
  if (file) scan(file);
});
at("now").addEventListener("click", () => act("now"));
at("stop").addEventListener("click", () => act("stop"));
at("again").addEventListener("click", () => {
  reset();
  at("file").value = "";
  show("login", false);
  show("scan", true);
});
at("close").addEventListener("click", async () => {
  await post("close", "");
  closed();
});
at("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(at("code").textContent);
  say("copy", "Copied");
});
listen();
