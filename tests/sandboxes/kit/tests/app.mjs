// What the script of the pages sends for a form, and what it says after a press.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

const script = readFileSync(new URL("../src/page/app.js", import.meta.url), "utf8");

/** A page with one form of these fields; the server gives this answer. */
function page(fields, answer = { id: "7" }, status = 200) {
  const shown = [];
  const sent = [];
  const stored = new Map();
  const button = { textContent: "Save", disabled: false };
  const problem = { hidden: true };
  const form = {
    dataset: { action: "save" },
    elements: fields.map((field) => ({ type: "text", dataset: {}, ...field })),
    querySelector: (wanted) => (wanted === "button" ? button : problem),
  };
  let submit;
  function load() {
    runInNewContext(script, {
      document: {
        addEventListener: (_, handler) => (submit = handler),
        createElement: () => ({ setAttribute() {} }),
        querySelector: () => ({ prepend: (note) => shown.push(note.textContent) }),
      },
      sessionStorage: {
        getItem: (key) => stored.get(key) ?? null,
        setItem: (key, text) => stored.set(key, text),
        removeItem: (key) => stored.delete(key),
      },
      window: { location: { reload: load, assign: load } },
      fetch: async (path, request) => {
        sent.push([path, JSON.parse(request.body)]);
        return { ok: status === 200, status, json: async () => answer };
      },
    });
  }
  load();
  const press = () => submit({ target: form, preventDefault() {} });
  return { press, sent, shown, problem };
}

test("amounts are taken as people write them", async () => {
  for (const [written, cents] of [
    ["1,250.00", 125_000],
    ["$1,250", 125_000],
    ["1250.5", 125_050],
    ["1,234,567.89", 123_456_789],
    [" 12.50 ", 1_250],
    ["0.07", 7],
    ["", undefined],
  ]) {
    const { press, sent } = page([{ name: "payment.amount", value: written, dataset: { as: "cents" } }]);
    await press();
    assert.deepEqual(sent, [["/_app/save", cents === undefined ? {} : { payment: { amount: cents } }]], written);
  }
});

test("what is no amount is not sent", async () => {
  for (const written of ["1,25", "12,50.00", "1.250,00", "12.505", "-5", "5 $", ",500", "12345678901"]) {
    const { press, sent, problem } = page([{ name: "amount", value: written, dataset: { as: "cents" } }]);
    await press();
    assert.deepEqual(sent, [], written);
    assert.equal(problem.textContent, `“${written}” is not an amount like 1,250.00`);
    assert.equal(problem.hidden, false);
  }
});

test("fields stand in the JSON where their names say", async () => {
  const tick = (value, checked) => ({ name: "invoices[]", type: "checkbox", value, checked, dataset: { as: "ticked" } });
  const { press, sent } = page([
    tick("one", true),
    tick("two", false),
    tick("three", true),
    { name: "taxes[0].name", value: "State" },
    { name: "office", type: "checkbox", value: "on", checked: false },
    { name: "visit.start", type: "datetime-local", value: "2026-03-03T09:00" },
    { name: "note", value: "" },
    { name: "changes.note", value: "" },
  ]);
  await press();
  assert.deepEqual(sent[0][1], {
    invoices: ["one", "three"],
    taxes: [{ name: "State" }],
    office: false,
    visit: { start: "2026-03-03T09:00" },
    changes: { note: "" },
  });
});

test("the page after a press says once what happened", async () => {
  for (const [answer, said] of [
    [{ id: "7", said: "Pay job. Paid." }, "Pay job. Paid."],
    [{}, "Save: done."],
  ]) {
    const { press, shown } = page([], answer);
    assert.deepEqual(shown, []);
    await press();
    assert.deepEqual(shown, [said]);
  }
});

test("a refused press says why and stays", async () => {
  const { press, shown, problem } = page([], { refused: "nothing is due" }, 422);
  await press();
  assert.deepEqual(shown, []);
  assert.equal(problem.textContent, "nothing is due");
});
