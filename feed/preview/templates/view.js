// How the panes are shown: kept while parts are replaced, and for the next page.

import { all } from "./dom.js";
import { whenReplaced } from "./parts.js";

const chosen = {};

const read = (field) => (field.type === "checkbox" ? String(field.checked) : field.value);

function put(field, value) {
  if (field.type === "checkbox") field.checked = value === "true";
  else field.value = value;
}

function stored() {
  try {
    return JSON.parse(localStorage.getItem("columncast-view") ?? "{}");
  } catch {
    return {}; // a file that is opened from a disk may have no place to keep it
  }
}

function restore() {
  for (const field of all("[data-view]")) if (field.id in chosen) put(field, chosen[field.id]);
}

document.addEventListener("change", ({ target }) => {
  if (!("view" in target.dataset)) return;
  chosen[target.id] = read(target);
  try { localStorage.setItem("columncast-view", JSON.stringify(chosen)); } catch { /* as above */ }
});

Object.assign(chosen, stored());
whenReplaced(restore);
restore();
