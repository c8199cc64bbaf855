// The editor's fields: saved to episode.toml, and never lost when that file was changed meanwhile.

import { $, live } from "./dom.js";
import { fetchPage, hold, refresh, replace } from "./parts.js";

const form = () => $("#facts");

function unsaved() {
  return Boolean(form()) && [...form().elements].some((one) => {
    if (one.type === "checkbox") return one.checked !== one.defaultChecked;
    return "defaultValue" in one && one.value !== one.defaultValue;
  });
}

function told(text, kind = "") {
  const said = $("[data-said]", form());
  said.className = `said ${kind}`;
  said.textContent = text;
  return said;
}

async function save() {
  const fields = new URLSearchParams(new FormData(form()));
  fields.set("basis", form().dataset.basis);
  let answer;
  let said;
  try {
    answer = await fetch(form().action, { method: "POST", body: fields });
    said = await answer.json();
  } catch {
    return told("Not saved: the preview does not answer.", "error");
  }
  if (answer.status === 409) return conflict(said.error);
  if (!answer.ok) return told(`Not saved: ${said.error}`, "error");
  settle();
  await refresh();
  told(said.changed.length ? "Saved." : "Nothing to save.", "good");
}

// What was sent is what the file says now; the next look at it brings the rest.
function settle() {
  for (const one of form().elements) {
    if (one.type === "checkbox") one.defaultChecked = one.checked;
    else if ("defaultValue" in one) one.defaultValue = one.value;
  }
}

function conflict(text) {
  const said = told(`Not saved: ${text}.`, "error");
  for (const [choice, name] of [["theirs", "Show what the file says"], ["mine", "Save mine all the same"]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.choice = choice;
    button.textContent = name;
    said.append(" ", button);
  }
  $("button", said).focus();
}

async function choose(choice) {
  const page = await fetchPage();
  const next = page && $('[data-part="editor"]', page);
  if (!next) return told("Not saved: the preview does not answer.", "error");
  if (choice === "mine") {
    form().dataset.basis = $("#facts", next).dataset.basis;
    return save();
  }
  form().reset();
  replace(next);
  told("This is what the file says.", "good");
  $("#hook").focus();
}

if (live) {
  hold("editor", unsaved);
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-choice]");
    if (choice) choose(choice.dataset.choice);
  });
  document.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (event.target === form()) return save();
    const button = $("button", event.target);
    button.disabled = true;
    await fetch(event.target.action, { method: "POST" }).catch(() => {});
    button.disabled = false;
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s" && form()) {
      event.preventDefault();
      form().requestSubmit();
    }
  });
  document.addEventListener("input", (event) => {
    if (event.target.form === form()) told(unsaved() ? "Not saved yet." : "");
  });
  window.addEventListener("beforeunload", (event) => { if (unsaved()) event.preventDefault(); });
}
