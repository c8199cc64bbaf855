// The column's own file in the page: opened when it is asked for, and never saved over another's work.

import { $, live, slug } from "./dom.js";
import { hold, refresh } from "./parts.js";
import { ask } from "./server.js";
import { toast } from "./toast.js";
import { keep, kept, timeOf } from "./drafts.js";

const form = () => $("#column-form");
const area = () => $("#column-text");
const draftName = `column:${slug}`;
let basis = "";
let opened = "";
let sent = ""; // what is being saved; who types on meanwhile has more

export const columnIsOpen = () => Boolean($("#text-edit")?.open);
export const columnUnsaved = () => Boolean(area()) && !area().disabled && area().value !== opened;

function told(text, kind = "") {
  const said = $("[data-said]", form());
  said.className = `said ${kind}`;
  said.textContent = text;
  if (kind) toast(text, kind);
}

async function read() {
  try {
    const answer = await fetch(form().action, { cache: "no-store" });
    return { ok: answer.ok, ...(await answer.json()) };
  } catch {
    return { ok: false, error: "the preview does not answer" };
  }
}

async function open() {
  if (!area().disabled) return;
  const file = await read();
  if (!file.ok) return told(file.error, "error");
  area().value = file.text;
  opened = area().value;
  basis = file.basis;
  area().disabled = false;
  const draft = kept(draftName);
  if (draft && draft.text !== opened) {
    area().value = draft.text;
    basis = draft.basis;
    told(`Not saved yet: what you typed at ${timeOf(draft)} is here again.`);
  }
  area().focus({ preventScroll: true });
  area().setSelectionRange(0, 0);
}

async function save() {
  sent = area().value;
  const said = await ask(form().action, JSON.stringify({ text: sent, basis }));
  if (said.conflict) return conflict(said.error);
  if (!said.ok) return told(`Not saved: ${said.error}`, "error");
  await settled(said.basis);
  told(said.changed.length ? "The column is saved." : "Nothing to save.", "good");
}

async function settled(saved) {
  basis = saved;
  opened = sent;
  keepDraft();
  await refresh();
}

// Both versions side by side; the editor's own stays in the field above until it is saved.
async function conflict(text) {
  const file = await read();
  told(`Not saved: ${text}.`, "error");
  if (!file.ok) return;
  const box = document.createElement("div");
  box.className = "conflict";
  const theirs = document.createElement("pre");
  theirs.tabIndex = 0;
  theirs.setAttribute("aria-label", "What the file says now");
  theirs.textContent = file.text;
  const take = button("Take what the file says", () => {
    keep(`${draftName}:aside`, { text: area().value, basis });
    area().value = file.text;
    opened = area().value;
    basis = file.basis;
    keep(draftName, null);
    box.replaceChildren(button("Bring mine back", () => {
      area().value = kept(`${draftName}:aside`)?.text ?? area().value;
      box.remove();
      typed();
    }));
    told("This is what the file says.", "good");
  });
  const mine = button("Save mine all the same", () => { basis = file.basis; box.remove(); save(); });
  box.append(theirs, take, " ", mine);
  $(".conflict", form())?.remove();
  form().append(box);
  take.focus();
}

function button(name, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = name;
  made.addEventListener("click", act);
  return made;
}

let waiting = 0;

function typed() {
  told(columnUnsaved() ? "Not saved yet." : "");
  clearTimeout(waiting);
  waiting = setTimeout(keepDraft, 250);
}

function keepDraft() {
  clearTimeout(waiting);
  if (area() && !area().disabled) keep(draftName, columnUnsaved() ? { text: area().value, basis } : null);
}

if (live && form()) {
  hold("text", columnIsOpen);
  document.addEventListener("toggle", (event) => {
    if (event.target.id === "text-edit" && event.target.open) open();
  }, true);
  document.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    save();
  });
  document.addEventListener("input", (event) => { if (event.target === area()) typed(); });
  window.addEventListener("pagehide", keepDraft);
  if (kept(draftName)) $("#text-edit").open = true;
}
