// The list, narrowed to the episodes whose title, name, date or state holds what is typed.

import { $, all } from "./dom.js";
import { onKey } from "./keys.js";
import { whenReplaced } from "./parts.js";

const field = $("#find");
// Accents and capitals make no difference: "Zurich" finds "Zürich".
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function narrow() {
  const words = plain(field.value).split(/\s+/).filter(Boolean);
  const rows = all(".episodes > li");
  for (const row of rows) {
    const text = plain(row.textContent);
    row.hidden = !words.every((word) => text.includes(word));
  }
  const left = rows.filter((row) => !row.hidden).length;
  $("#found").textContent = words.length ? `${left} of ${rows.length}` : "";
}

if (field) {
  field.addEventListener("input", narrow);
  whenReplaced(narrow);
  narrow(); // what a browser has kept in the field
  onKey("/", "find an episode in the list", () => field.focus());
}
