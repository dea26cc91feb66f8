// Puts a page's new content into the shown one, so that nothing reloads and nobody loses the focus.

export const base = document.documentElement.dataset.base;

export async function load(address) {
  try {
    const reply = await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!reply.ok) return null;
    return new DOMParser().parseFromString(await reply.text(), "text/html");
  } catch {
    return null; // the next look tries again
  }
}

export function replaceMain(found, wake) {
  document.querySelector("main").replaceWith(document.adoptNode(found.querySelector("main")));
  document.title = found.title;
  const main = document.querySelector("main");
  main.focus();
  say(main.querySelector("h1").textContent);
  wake();
}

export function renewScan(found) {
  const [shown, next] = [document.querySelector("main"), found.querySelector("main")];
  shown.dataset.hsid = next.dataset.hsid;
  const proof = next.querySelector("input[name=csrf]");
  for (const field of shown.querySelectorAll("input[name=csrf]")) field.value = proof.value;
  shown.querySelector("#scan").replaceWith(document.adoptNode(next.querySelector("#scan")));
}

export function say(words) {
  document.querySelector("#news").textContent = words;
}
