// Makes the page from the OpenAPI document: for each call its parameters, answers, and a form to try it.
const credentials = document.querySelector("#credentials");
const described = await (await fetch("/openapi.json")).json();

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// names between backticks, as the document has them, in the face of code
function marked(text) {
  return text.split(/`+([^`]+)`+/).map((part, place) => (place % 2 ? element("code", {}, part) : part));
}

function resolved(schema) {
  if (!schema || !schema.$ref) return schema ?? {};
  return described.components.schemas[schema.$ref.split("/").pop()];
}

function example(schema, depth = 0) {
  const shape = resolved(schema);
  if (depth > 4) return null;
  if (shape.properties) {
    const names = shape.required?.length ? shape.required : Object.keys(shape.properties);
    return Object.fromEntries(names.map((name) => [name, example(shape.properties[name], depth + 1)]));
  }
  if (shape.anyOf) return example(shape.anyOf[0], depth + 1);
  if (shape.enum) return shape.enum[0];
  return { string: "", integer: shape.minimum ?? 0, boolean: false, array: [], object: {} }[shape.type] ?? null;
}

function fieldOf(parameter) {
  const input = element("input", { name: `${parameter.in}:${parameter.name}` });
  if (parameter.name === "serverid") input.placeholder = "as above";
  return element("label", {}, `${parameter.name}${parameter.required ? "" : " (optional)"}`, input);
}

function answersOf(call) {
  const body = element("tbody");
  for (const [status, answer] of Object.entries(call.responses)) {
    body.append(element("tr", {}, element("th", { scope: "row" }, status), element("td", {}, ...marked(answer.description))));
  }
  return element("table", {}, body);
}

async function send(method, path, call, form, out) {
  const values = new FormData(form);
  const credential = (name) => credentials.elements[name].value.trim();
  const query = new URLSearchParams();
  let address = path;
  for (const parameter of call.parameters ?? []) {
    let value = (values.get(`${parameter.in}:${parameter.name}`) ?? "").trim();
    if (parameter.name === "serverid" && !value) value = credential("serverid");
    if (parameter.in === "path") address = address.replace(`{${parameter.name}}`, encodeURIComponent(value));
    if (parameter.in === "query" && value) query.append(parameter.name, value);
  }
  const headers = {};
  if (credential("apikey") && call.security?.length) headers["X-apikey"] = credential("apikey");
  if (credential("su") && call.security?.length) headers["X-su"] = credential("su");
  if (credential("nonce")) headers["X-nonce"] = credential("nonce");
  const options = { method: method.toUpperCase(), headers };
  const body = values.get("body");
  if (body && options.method !== "GET") {
    headers["Content-Type"] = "application/json";
    options.body = body;
  }
  out.textContent = "…";
  try {
    const reply = await fetch(address + (query.size ? `?${query}` : ""), options);
    const kind = reply.headers.get("content-type") ?? "";
    out.textContent = `${reply.status} ${reply.statusText}\n`;
    if (kind.startsWith("image/")) out.append(element("img", { src: URL.createObjectURL(await reply.blob()), alt: "" }));
    else if (kind.includes("json")) out.append(JSON.stringify(await reply.json(), null, 2));
    else out.append(await reply.text());
  } catch (fault) {
    out.textContent = String(fault);
  }
}

function callOf(method, path, call) {
  const out = element("pre", { "aria-live": "polite" });
  const form = element("form", {}, element("div", { class: "fields" }));
  for (const parameter of call.parameters ?? []) {
    if (parameter.in !== "header") form.firstChild.append(fieldOf(parameter));
  }
  const content = call.requestBody?.content?.["application/json"];
  if (content) {
    const text = element("textarea", { name: "body", rows: "5" });
    if (call.requestBody.required) text.value = JSON.stringify(example(content.schema), null, 2);
    form.append(element("label", {}, "body", text));
  }
  form.append(element("button", {}, "Send"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(method, path, call, form, out);
  });
  const head = element("summary", {}, element("span", { class: "method" }, method.toUpperCase()), element("code", {}, path), " ", ...marked(call.summary));
  return element("details", { id: call.operationId }, head, element("div", {}, element("p", {}, ...marked(call.description ?? "No API key.")), form, out, answersOf(call)));
}

const contents = document.querySelector("#contents");
const calls = document.querySelector("#calls");
calls.replaceChildren();
for (const [path, methods] of Object.entries(described.paths)) {
  for (const [method, call] of Object.entries(methods)) {
    calls.append(callOf(method, path, call));
    const link = element("a", { href: `#${call.operationId}` }, ...marked(call.summary));
    link.addEventListener("click", () => (document.getElementById(call.operationId).open = true));
    contents.append(element("li", {}, link));
  }
}
credentials.addEventListener("submit", (event) => event.preventDefault());
