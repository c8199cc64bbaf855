// The editor's fields: drafts of them are kept, a save says so, and a conflict loses nothing.

import { $, all, live, slug } from "./dom.js";
import { fetchPage, hold, refresh, replace } from "./parts.js";
import { ask, upload } from "./server.js";
import { player } from "./player.js";
import { toast } from "./toast.js";
import { keep, kept, timeOf } from "./drafts.js";

const form = () => $("#facts");
const draftName = `fields:${slug}`;

// --- what is changed ----------------------------------------------------------------------

const ticks = (one) => one.type === "checkbox" || one.type === "radio";

function changed(one) {
  if (!one.name) return false;
  if (ticks(one)) return one.checked !== one.defaultChecked;
  if (one.type === "file") return one.files.length > 0;
  if (one.tagName === "SELECT") return ![...one.options].find((o) => o.selected)?.defaultSelected && [...one.options].some((o) => o.defaultSelected);
  return "defaultValue" in one && one.value !== one.defaultValue;
}

// Groups of fields are one fact: what is changed in one of them is sent as a whole.
const groupOf = (one) => one.closest("[data-group]");

function changedGroups() {
  return all("[data-group]", form()).filter(
    (group) => "touched" in group.dataset || all("input, textarea, select", group).some(changed),
  );
}

export function unsaved() {
  return Boolean(form()) && ("touched" in form().dataset || changedGroups().length > 0 || [...form().elements].some(changed));
}

function fields() {
  const sent = new URLSearchParams();
  const groups = new Set(changedGroups());
  for (const one of form().elements) {
    if (!one.name || one.type === "file" || one.closest("template")) continue;
    const group = groupOf(one);
    const partner = one.name.endsWith("-none") ? form().elements.namedItem(one.name.slice(0, -5)) : null;
    const none = form().elements.namedItem(`${one.name}-none`);
    if (group ? !groups.has(group) : ![one, partner, none].some((each) => each && changed(each))) continue;
    if (!ticks(one) || one.checked) sent.append(one.name, one.value);
  }
  return sent;
}

// --- telling ------------------------------------------------------------------------------

function told(text, kind = "") {
  const said = $("[data-said]", form());
  said.className = `said ${kind}`;
  if (said.textContent !== text) said.textContent = text;
}

function finish(text, kind) {
  told(text, kind);
  toast(text, kind);
}

// --- saving -------------------------------------------------------------------------------

async function save() {
  const sent = fields();
  const asSent = snapshot();
  const cover = $("#cover", form());
  if (cover?.files.length) {
    told("Sending the picture …");
    const up = await upload("cover", cover.files[0]);
    if (up.error) return finish(`Not saved: ${up.error}`, "error");
    sent.set("cover-upload", up.called);
  }
  sent.set("basis", form().dataset.basis);
  const said = await ask(form().action, sent);
  if (said.conflict) return conflict(said.error);
  if (!said.ok) return finish(`Not saved: ${said.error}`, "error");
  if (said.basis) form().dataset.basis = said.basis; // whoever types on saves onto this
  settle(asSent);
  const done = said.changed.length ? "Saved." : "Nothing to save.";
  toast(done);
  await refresh(); // a new form takes the place of the one that said so
  told(unsaved() ? "Not saved yet." : done, unsaved() ? "" : "good");
}

const snapshot = () => [...form().elements].map((one) => [one, ticks(one) ? one.checked : one.value]);

// What was sent is what the file says now; what was typed since is not saved yet.
function settle(asSent) {
  for (const [one, value] of asSent) {
    if (ticks(one)) one.defaultChecked = value;
    else if (one.type === "file") { if (one.value === value) one.value = ""; }
    else if (one.tagName === "SELECT") [...one.options].forEach((o) => { o.defaultSelected = o.value === value; });
    else if ("defaultValue" in one) one.defaultValue = value;
  }
  for (const group of all("[data-touched]", form())) delete group.dataset.touched;
  keepDraft();
}

// --- two versions -------------------------------------------------------------------------

function labelOf(one) {
  const group = one.closest("[role=group]")?.getAttribute("aria-label");
  const name = one.labels?.[0]?.textContent.trim() ?? one.name;
  return group ? `${group}, ${name}` : name;
}

const shown = (one) => (ticks(one) ? (one.checked ? "yes" : "no") : one.value);

async function conflict(text) {
  const page = await fetchPage();
  const theirs = page && $("#facts", page);
  if (!theirs) return finish(`Not saved: ${text}.`, "error");
  const rows = [...form().elements].filter((one) => one.id && changed(one)).map((one) => {
    const other = theirs.querySelector(`#${CSS.escape(one.id)}`);
    return [labelOf(one), shown(one), other ? shown(other) : ""];
  });
  const box = $("[data-conflict]", form());
  box.replaceChildren();
  const table = document.createElement("table");
  for (const cells of [["Field", "Yours", "In the file"], ...rows]) {
    const row = table.insertRow();
    cells.forEach((cell, at) => {
      const made = document.createElement(at && cells !== cells[0] && rows.includes(cells) ? "td" : "th");
      made.textContent = cell;
      row.append(made);
    });
  }
  box.append(table);
  for (const [choice, name] of [["theirs", "Show what the file says"], ["mine", "Save mine all the same"]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.choice = choice;
    button.textContent = name;
    box.append(button, " ");
  }
  finish(`Not saved: ${text}.`, "error");
  $("button", box).focus();
}

async function choose(choice) {
  const box = $("[data-conflict]", form());
  if (choice === "again") return restore(kept(`${draftName}:aside`));
  const page = await fetchPage();
  const next = page && $('[data-part="editor"]', page);
  if (!next) return finish("Not saved: the preview does not answer.", "error");
  if (choice === "mine") {
    form().dataset.basis = $("#facts", next).dataset.basis;
    const known = $("[name=show-basis]", form());
    if (known) known.value = known.defaultValue = $("[name=show-basis]", next).value;
    box.replaceChildren();
    return save();
  }
  keep(`${draftName}:aside`, { values: values() });
  settle(snapshot());
  replace(next);
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.choice = "again";
  button.textContent = "Bring mine back";
  $("[data-conflict]", form()).append(button);
  finish("This is what the file says.", "good");
  $("#hook").focus();
}

// --- drafts -------------------------------------------------------------------------------

// What is changed, by id; groups whose rows can be other ones as their markup.
function values() {
  const found = {};
  for (const one of form().elements) {
    if (one.id && one.type !== "file" && changed(one)) found[one.id] = ticks(one) ? one.checked : one.value;
  }
  const rows = chapterRows();
  if (rows.length || $("#group-chapters")?.dataset.touched) {
    if (changedGroups().includes($("#group-chapters"))) found["chapters of mine"] = rows;
  }
  return found;
}

function restore(draft) {
  if (!draft?.values) return;
  if (draft.basis) form().dataset.basis = draft.basis; // if the file is another now, both are shown
  for (const [id, value] of Object.entries(draft.values)) {
    if (id === "chapters of mine") { setChapters(value); continue; }
    const one = form().querySelector(`#${CSS.escape(id)}`);
    if (!one) continue;
    if (ticks(one)) one.checked = value; else one.value = value;
    const group = one.closest("details");
    if (group) group.open = true;
  }
  if (unsaved()) told(`Not saved yet: what you typed at ${timeOf(draft)} is here again. Reset brings back the file.`);
}

let waiting = 0;

function changedSomething() {
  told(unsaved() ? "Not saved yet." : "");
  clearTimeout(waiting);
  waiting = setTimeout(keepDraft, 250);
}

function keepDraft() {
  clearTimeout(waiting);
  if (form()) keep(draftName, unsaved() ? { values: values(), basis: form().dataset.basis } : null);
}

// --- chapters and sayings -----------------------------------------------------------------

function clockOf(seconds) {
  const tenths = Math.round(seconds * 10);
  const whole = Math.floor(tenths / 10);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return `${h ? `${h}:${two(m)}` : m}:${two(s)}.${tenths % 10}`;
}

const CELLS = ["heading", "time", "title", "link", "picture"];

function chapterRows() {
  return all(".chapter", $("[data-chapters]") ?? document.createElement("div"))
    .map((row) => CELLS.map((name) => $(`[name=chapter-${name}]`, row).value));
}

let lastChapter = 1000;

function newChapter(cells) {
  const made = document.createElement("div");
  lastChapter += 1;
  made.innerHTML = $("[data-new-chapter]").innerHTML.replaceAll("NEW", String(lastChapter));
  const row = made.firstElementChild;
  CELLS.forEach((name, at) => { $(`[name=chapter-${name}]`, row).value = cells[at] ?? ""; });
  return row;
}

function setChapters(rows) {
  $("[data-chapters]").replaceChildren(...rows.map(newChapter));
  const group = $("#group-chapters");
  group.dataset.touched = "1";
  group.open = true;
}

function changeChapters(button) {
  const row = button.closest(".chapter");
  const at = clockOf(player()?.currentTime ?? 0);
  $("#group-chapters").dataset.touched = "1";
  if (button.dataset.chapter === "add") {
    const made = newChapter(["", at, "", "", ""]);
    $("[data-chapters]").append(made);
    $("[name=chapter-title]", made).focus();
  } else if (button.dataset.chapter === "remove") {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (next ? $("[name=chapter-title]", next) : $("#chapter-add")).focus();
  } else {
    $("[name=chapter-time]", row).value = at;
  }
  changedSomething();
}

if (live && form()) {
  hold("editor", unsaved);
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-choice]");
    const chapter = event.target.closest("[data-chapter]");
    if (choice) choose(choice.dataset.choice);
    if (chapter) changeChapters(chapter);
  });
  document.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    save();
  });
  document.addEventListener("reset", (event) => {
    if (event.target !== form()) return;
    settle(snapshot());
    setTimeout(async () => {
      const page = await fetchPage();
      if (page) replace($('[data-part="editor"]', page));
      finish("This is what the file says.", "good");
    });
  });
  document.addEventListener("input", (event) => { if (event.target.form === form()) changedSomething(); });
  window.addEventListener("pagehide", keepDraft);
  restore(kept(draftName));
}
