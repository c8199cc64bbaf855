// How the panes are shown: kept while parts are replaced, and for the next page.

import { all } from "./dom.js";
import { whenReplaced } from "./parts.js";

const viewChosen = {};

const viewOf = (field) => (field.type === "checkbox" ? String(field.checked) : field.value);

function putView(field, value) {
  if (field.type === "checkbox") field.checked = value === "true";
  else field.value = value;
}

function storedView() {
  try {
    return JSON.parse(localStorage.getItem("columncast-view") ?? "{}");
  } catch {
    return {}; // a file that is opened from a disk may have no place to keep it
  }
}

function restoreView() {
  for (const field of all("[data-view]")) if (field.id in viewChosen) putView(field, viewChosen[field.id]);
}

document.addEventListener("change", ({ target }) => {
  if (!("view" in target.dataset)) return;
  viewChosen[target.id] = viewOf(target);
  try { localStorage.setItem("columncast-view", JSON.stringify(viewChosen)); } catch { /* as above */ }
});

Object.assign(viewChosen, storedView());
whenReplaced(restoreView);
restoreView();
