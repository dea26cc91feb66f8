// The OTP field: tidies what is typed or pasted, says what is malformed, and sends it without a reload.
import { complaint, pretty } from "./otp_format.js";

export function wakeOtpField(main, { signedIn, renew }) {
  const form = main.querySelector("#otp-form");
  if (!form) return () => {};
  const [field, error, button] = ["#otp", "#otp-error", "button"].map((one) => form.querySelector(one));
  const stop = new AbortController();
  const signal = stop.signal;
  form.noValidate = true; // our words instead of the browser's

  function tell(words) {
    error.textContent = words;
    field.setAttribute("aria-invalid", words ? "true" : "false");
  }

  // a malformed one stays as it was typed, so that its owner finds the place
  function tidy() {
    if (!complaint(field.value, field.dataset.format)) field.value = pretty(field.value, field.dataset.format);
  }

  async function send(event) {
    event.preventDefault();
    const wrong = complaint(field.value, field.dataset.format);
    tell(wrong);
    if (wrong) return field.focus();
    tidy();
    button.disabled = true;
    try {
      await answer(await post());
    } catch {
      tell("This site can't be reached. Wait a moment and try again.");
    }
    button.disabled = false;
    return null;
  }

  function post() {
    const body = new URLSearchParams(new FormData(form));
    return fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  }

  async function answer(reply) {
    const found = await reply.json();
    if (found.state === "in") {
      await signedIn();
      return;
    }
    if (found.renew) await renew("A new QR code is shown.");
    tell(found.error);
    field.value = "";
    field.focus();
  }

  form.addEventListener("submit", send, { signal });
  // while someone types in the middle, moving their cursor would be rude: tidy on leaving and on paste
  field.addEventListener("change", tidy, { signal });
  field.addEventListener("paste", () => setTimeout(tidy), { signal });
  field.addEventListener("input", () => error.textContent && tell(""), { signal });
  return () => stop.abort();
}
