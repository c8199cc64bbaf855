// Keys for all of it, listed by ?. Single letters can be switched off (WCAG 2.2, 2.1.4).

import { $, all, live } from "./dom.js";
import { player } from "./player.js";

const keys = [];

// Let *key* (as `?`, `b`, `Ctrl+s`) do *act*; *what* says so in the list.
export function onKey(key, what, act) { keys.push({ key, what, act }); }

const OFF = "columncast-single-keys-off";
const off = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };
const typing = (one) => Boolean(one.closest("input:not([type=checkbox]), textarea, select, [contenteditable]"));

function nameOf(event) {
  const held = event.ctrlKey || event.metaKey ? "Ctrl+" : event.altKey ? "Alt+" : "";
  return held + (held ? event.key.toLowerCase() : event.key);
}

function goTo(selector) {
  const target = $(selector);
  if (!target) return;
  const within = target.closest("details:not([open])");
  if (within && within !== target) within.open = true;
  target.scrollIntoView({ block: "center" });
  target.focus({ preventScroll: true });
}

function list() {
  $("[data-keys-list]").replaceChildren(...keys.map(({ key, what }) => {
    const row = document.createElement("div");
    const [name, text] = [document.createElement("dt"), document.createElement("dd")];
    name.textContent = key;
    text.textContent = what;
    row.append(name, text);
    return row;
  }));
  $("#single-keys").checked = !off();
  $("#keys").showModal();
}

if (live && $("#keys")) {
  onKey("?", "this list", list);
  onKey("Ctrl+s", "save what has the focus: the fields, or the column", () => {
    const form = document.activeElement?.closest("#column-form") ?? $("#facts");
    form?.requestSubmit();
  });
  onKey("n", "the next step: build, publish, schedule", () => goTo("#state button.next, #state .steps button"));
  onKey("b", "build", () => $("#step-build")?.click());
  onKey("u", "undo the last save", () => $("#undo")?.click());
  onKey("e", "the fields", () => goTo("#title"));
  onKey("t", "edit the column", () => {
    if ($("#text-edit")) $("#text-edit").open = true;
    goTo($("#column-text:not(:disabled)") ? "#column-text" : "#text-edit summary");
  });
  onKey("w", "the warnings", () => goTo("#warnings-title"));
  onKey("c", "a chapter at the playing position", () => { if ($("#group-chapters")) { $("#group-chapters").open = true; $("#chapter-add")?.click(); } });
  onKey("p", "play or pause", () => { const audio = player(); if (audio?.paused) audio.play(); else audio?.pause(); });
  onKey("Escape", "close a question or this list", () => {});
  document.addEventListener("keydown", (event) => {
    const name = nameOf(event);
    const known = keys.find(({ key }) => key === name);
    if (!known || known.key === "Escape") return;
    const single = !name.includes("+");
    if (single && (off() || typing(event.target) || $("#keys").open || event.altKey)) return;
    event.preventDefault();
    known.act();
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-keys]")) list(); });
  document.addEventListener("change", (event) => {
    if (event.target.id !== "single-keys") return;
    try { localStorage.setItem(OFF, event.target.checked ? "" : "1"); } catch { /* for this page only */ }
  });
  all("#warnings-title").forEach((one) => { one.tabIndex = -1; });
}
