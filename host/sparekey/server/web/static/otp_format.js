// The formats of an OTP (docs/protocol.md §4), and what is wrong with one that someone typed.

const FORMATS = {
  "crock32-30": [6, 6],
  "crock32-40": [6, 8],
  "crock32-60": [6, 12],
  "decimal-30": [10, 10],
};

const ALIASES = { O: "0", I: "1", L: "1" };

const decimal = (name) => name === "decimal-30";
const strange = (name) => (decimal(name) ? /[^0-9]/ : /[^0-9A-HJKMNP-TV-Z]/);

// the characters that count, spelled as the token spells them
export function clean(text) {
  return text.toUpperCase().replace(/[\s-]/g, "").replace(/[OIL]/g, (letter) => ALIASES[letter]);
}

function fits(text, name) {
  const [first, second] = FORMATS[name];
  return text.length === first + second && !strange(name).test(text);
}

export function pretty(text, expected) {
  const [first] = FORMATS[expected] ?? FORMATS["crock32-30"];
  const typed = clean(text);
  return typed.length > first ? `${typed.slice(0, first)} ${typed.slice(first)}` : typed;
}

// "" where the text may be sent
export function complaint(text, expected) {
  const typed = clean(text);
  if (!typed) return "Type the one-time password that your token shows.";
  if (Object.keys(FORMATS).some((name) => fits(typed, name))) return "";
  const name = expected in FORMATS ? expected : "crock32-30";
  const widths = FORMATS[name];
  const parts = text.trim().split(/[\s-]+/).map(clean);
  const halves = parts.length === 2 ? parts : [typed.slice(0, widths[0]), typed.slice(widths[0])];
  for (const [at, which] of ["first", "second"].entries()) {
    const odd = halves[at].match(strange(name));
    if (odd && decimal(name)) return `The ${which} half has “${odd[0]}” in it: only digits are used.`;
    if (odd) return `The ${which} half has “${odd[0]}” in it, which tokens never show.`;
    if (halves[at].length !== widths[at]) {
      return `The ${which} half has ${halves[at].length} characters and needs ${widths[at]}.`;
    }
  }
  return "Please compare that with the token’s screen.";
}
