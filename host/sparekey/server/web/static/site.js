// Wakes the page that is shown: each has its module's part, and a page that replaces it is woken too.
import { countDown } from "./countdown.js";
import { watch } from "./live.js";
import { wakeOtpField } from "./otp.js";
import { base, load, replaceMain, renewScan, say } from "./swap.js";

const SIGN_IN_EVERY = 2000; // milliseconds between two looks, where there is no WebSocket
const ENROL_EVERY = 1000;
const RENEWED = "The QR code has expired. A new one is shown; a one-time password for the old one still works for a while.";

let rest = () => {}; // ends what the shown page has running

function wake() {
  rest();
  const main = document.querySelector("main");
  const ends = [];
  rest = () => ends.splice(0).forEach((end) => end());
  const page = main.dataset.page;
  if (page === "sign-in" || page === "welcome") ends.push(watchSession(main));
  if (page === "sign-in") ends.push(renewInTime(main), wakeOtpField(main, { signedIn: refresh, renew }));
  if (page === "enrol-scan") ends.push(watchEnrolment(main), endInTime(main));
  if (page === "enrol-check" && main.dataset.state === "waiting") ends.push(watchEnrolment(main));
}

// two may ask for the same page: the second time it would be replaced under a click
async function replace(address) {
  const shown = document.querySelector("main");
  const found = await load(address);
  if (found && shown.isConnected) replaceMain(found, wake);
}

const refresh = () => replace(`${base}/`);

// a new QR code under the form that someone may be typing into
async function renew(words) {
  const shown = document.querySelector("main");
  const found = await load(`${base}/`);
  if (!found || !shown.isConnected) return;
  const main = found.querySelector("main");
  if (main.dataset.page !== "sign-in" || !document.querySelector("#otp-form") !== !main.querySelector("#otp-form")) {
    replaceMain(found, wake);
    return;
  }
  renewScan(found);
  say(words);
  wake();
}

function watchSession(main) {
  const state = main.dataset.page === "welcome" ? "in" : "out";
  return watch({
    address: `${base}/status`,
    wsurl: main.dataset.wsurl,
    hsid: main.dataset.hsid,
    every: SIGN_IN_EVERY,
    changed: (seen) => {
      if (seen.state !== state) return refresh();
      if (seen.hsid !== main.dataset.hsid) return state === "in" ? refresh() : renew(RENEWED);
      return null;
    },
  });
}

function renewInTime(main) {
  return countDown(main.querySelector("#scan"), "New code in", () => renew(RENEWED));
}

function endInTime(main) {
  return countDown(main.querySelector("#scan"), "Valid for", () => {
    main.querySelector("#scan").classList.add("over");
    main.querySelector("#scan-error").textContent = "This code has expired. Start again to get a new one.";
  });
}

function watchEnrolment() {
  return watch({
    address: `${base}/enrol/status`,
    every: ENROL_EVERY,
    changed: async (seen) => {
      if (seen.state !== "waiting") await replace(`${base}/enrol/check`);
    },
  });
}

wake();
