// Buttons that build, publish, schedule and withdraw: asked first, with progress, in the command's words.

import { $, live, slug } from "./dom.js";
import { refresh } from "./parts.js";
import { ask } from "./server.js";
import { unsaved } from "./form.js";
import { columnUnsaved } from "./text.js";
import { toast } from "./toast.js";

const NAMES = {
  build: "Building", schedule: "Scheduling", withdraw: "Withdrawing", "bring back": "Bringing back",
  "dry run": "Looking at what a publish would do", publish: "Publishing", add: "Adding", "find cuts": "Looking for what can be cut",
};
const work = () => $("#work");
const part = (name) => $(`[data-${name}]`, work());
let agree = null;
let following = false;
let pressed = ""; // the button that began it, to go back to

function say(text) { if (part("doing").textContent !== text) part("doing").textContent = text; }

function refuse(text) {
  part("refused").textContent = text;
  if (text) { work().hidden = false; part("close-row").hidden = false; }
}

function clear() {
  refuse("");
  say("");
  part("asked").hidden = true;
  part("told").hidden = true;
  part("progress").hidden = true;
  part("close-row").hidden = true;
  agree = null;
}

function close() {
  clear();
  work().hidden = true;
  (document.getElementById(pressed) ?? $("#state button, #add-form button"))?.focus();
}

// --- asking -------------------------------------------------------------------------------

function question(text, label, act, { date = "", zone = "" } = {}) {
  work().hidden = false;
  part("asked").hidden = false;
  part("question").textContent = text;
  part("agree").textContent = label;
  part("date-field").hidden = !date;
  if (date) {
    $("#new-date").value = date;
    part("zone").textContent = `(${zone})`;
  }
  $("#new-date").required = Boolean(date);
  agree = act;
  (date ? $("#new-date") : part("agree")).focus();
}

function press(button) {
  const { action, asks, slug: episode } = button.dataset;
  pressed = button.id;
  if (following) return toast("Something is still at work; wait for it to end.", "error");
  clear();
  if (unsaved() || columnUnsaved()) {
    refuse("There are changes that are not saved yet. Save them first: Ctrl+S.");
    return toast("Save first: Ctrl+S.", "error");
  }
  const begin = (fields = {}) => begun(episode, action, fields);
  if (asks === "date") {
    question("When shall it come out? A draft is none any more from then on.", "Schedule",
      () => begin({ date: $("#new-date").value }), button.dataset);
  } else if (asks === "confirm") {
    question(button.dataset.question, button.textContent.replace("…", ""), () => begin());
  } else {
    begin();
  }
}

async function begun(episode, action, fields) {
  clear();
  work().hidden = false;
  say("Asking …");
  const task = await ask(`/episodes/${episode}/do/${action}`, new URLSearchParams(fields));
  if (!task.ok) { say(""); refuse(task.error); part("close-row").hidden = false; return; }
  const done = await follow(task);
  if (done.name === "dry run" && !done.error) {
    question("This is what a publish does. Shall it?", "Publish now",
      () => begun(episode, "publish", { basis: done.basis }));
    tell(done.lines);
  }
}

// --- progress -----------------------------------------------------------------------------

// Show how far the *task* is until it ends; return it then.
export async function follow(task) {
  following = true;
  work().hidden = false;
  part("progress").hidden = false;
  let now = task;
  while (now.running) {
    part("progress").value = now.share;
    const step = now.step.replace(/^[^:]*: /, "");
    say(`${NAMES[now.name]}${step ? `: ${step}` : ""} …`);
    await new Promise((next) => setTimeout(next, 250));
    try {
      const seen = await (await fetch("/task", { cache: "no-store" })).json();
      if (seen.number === now.number) now = seen;
      else if (!seen.number || seen.number < now.number) throw new Error("another session");
    } catch {
      now = { ...now, running: false, lines: [], error: "the preview has stopped; run it again, and the work goes on" };
    }
  }
  following = false;
  part("progress").hidden = true;
  say(now.error ? "" : `${NAMES[now.name]}: done.`);
  refuse(now.error);
  tell(now.lines);
  part("close-row").hidden = false;
  const lost = document.activeElement === document.body || work().contains(document.activeElement);
  if (lost) part("close").focus(); // what had the focus is hidden now
  await refresh();
  return now;
}

function tell(lines) {
  part("told").textContent = lines.join("\n");
  part("told").hidden = !lines.length;
}

async function undo(episode) {
  const said = await ask(`/episodes/${episode}/undo`, "");
  toast(said.ok ? `Back: ${said.undone}.` : said.error, said.ok ? "good" : "error");
  if (said.ok) location.reload(); else { clear(); refuse(said.error); }
}

if (live && work()) {
  document.addEventListener("click", (event) => {
    const step = event.target.closest("[data-action]");
    const back = event.target.closest("[data-undo]");
    if (step) press(step);
    if (back) undo(back.dataset.undo);
    if (event.target.closest("[data-cancel], [data-close]")) close();
  });
  document.addEventListener("submit", (event) => {
    if (event.target !== part("asked")) return;
    event.preventDefault();
    agree?.();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !work().hidden && !following && !$("#keys").open) close();
  });
  // A page that comes while something is at work shows it, too.
  fetch("/task", { cache: "no-store" }).then((answer) => answer.json()).then((task) => {
    if (task.running && (!slug || task.slug === slug)) follow(task);
  }).catch(() => {});
}
