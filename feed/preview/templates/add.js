// A new episode from a recording and a column, sent to the preview and made as `columncast add` does.

import { $, live } from "./dom.js";
import { follow } from "./actions.js";
import { ask, upload } from "./server.js";

const form = () => $("#add-form");

function told(text, kind = "") {
  const said = $("[data-said]", form());
  said.className = `said ${kind}`;
  said.textContent = text;
}

async function add() {
  const button = $("button[type=submit]", form());
  const sent = new URLSearchParams({ date: $("#add-date").value, draft: $("#add-draft").checked ? "1" : "" });
  button.disabled = true;
  for (const kind of ["recording", "column"]) {
    const file = $(`#add-${kind}`).files[0];
    told(`Sending ${file.name} …`);
    const up = await upload(kind, file);
    if (up.error) { button.disabled = false; return told(`Not added: ${up.error}`, "error"); }
    sent.set(kind, up.called);
  }
  told("");
  const task = await ask("/add", sent);
  if (!task.ok) { button.disabled = false; return told(`Not added: ${task.error}`, "error"); }
  const done = await follow(task);
  button.disabled = false;
  if (done.error) told(`Not added: ${done.error}`, "error");
  else location.assign(`/episodes/${encodeURIComponent(done.made)}/`);
}

if (live && form()) {
  document.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    add();
  });
}
