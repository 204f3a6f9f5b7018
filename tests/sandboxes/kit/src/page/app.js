"use strict";

// Sends a form's fields as JSON to the action that the form names, then shows what came of it.
// A field's name is its place in the JSON: "line.name", "addresses[0].street", "invoices[]" at the end of a list.

function cents(text) {
  const parts = /^\$?(\d{1,10}|\d{1,3}(?:,\d{3}){1,3})(?:\.(\d{1,2}))?$/.exec(text);
  if (!parts) throw new Error(`“${text}” is not an amount like 1,250.00`);
  return Number(parts[1].replaceAll(",", "")) * 100 + Number((parts[2] ?? "").padEnd(2, "0"));
}

function value(field) {
  const text = field.value.trim();
  switch (field.dataset.as) {
    case "cents":
      return text === "" ? undefined : cents(text);
    case "ticked":
      return field.checked ? text : undefined;
    case "json":
      return JSON.parse(text);
    default:
      if (field.type === "checkbox") return field.checked;
      // An edit sends empty texts too: they clear a field.
      return text === "" && !field.name.startsWith("changes.") ? undefined : text;
  }
}

function put(target, path, content) {
  const keys = path.replaceAll("[", ".").replaceAll("]", "").split(".");
  const last = keys.pop();
  let place = target;
  keys.forEach((key, index) => {
    const next = keys[index + 1] ?? last;
    place[key] ??= /^\d*$/.test(next) ? [] : {};
    place = place[key];
  });
  if (last === "") place.push(content);
  else place[last] = content;
}

function content(form) {
  const body = {};
  for (const field of form.elements) {
    if (!field.name) continue;
    const found = value(field);
    if (found !== undefined) put(body, field.name, found);
  }
  // An address of which only the kind is known was left empty.
  body.addresses = body.addresses?.filter((address) => Object.keys(address).length > 1);
  return body;
}

async function send(form) {
  const action = form.dataset.action;
  const response = await fetch(action.startsWith("/") ? action : `/_app/${action}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(content(form)),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.refused ?? `The answer was ${response.status}`);
  return answer;
}

// What the press before this page did.
const said = sessionStorage.getItem("said");
if (said) {
  sessionStorage.removeItem("said");
  const note = document.createElement("p");
  note.className = "said";
  note.setAttribute("role", "status");
  note.textContent = said;
  document.querySelector("main").prepend(note);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.action) return;
  event.preventDefault();
  if (form.dataset.ask && !window.confirm(form.dataset.ask)) return;
  const button = form.querySelector("button");
  const problem = form.querySelector(".problem");
  problem.hidden = true;
  button.disabled = true;
  try {
    const answer = await send(form);
    sessionStorage.setItem("said", answer.said ?? `${button.textContent}: done.`);
    const then = form.dataset.then;
    if (then) window.location.assign(then.replace("{id}", encodeURIComponent(answer.id)));
    else window.location.reload();
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
    button.disabled = false;
  }
});
