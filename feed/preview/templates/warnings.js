// Warnings are accepted where they stand, in their list and at their line.

import { $, live } from "./dom.js";
import { refresh } from "./parts.js";
import { ask } from "./server.js";
import { toast } from "./toast.js";

async function accept(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  const answer = await ask(form.action, body);
  if (!answer.ok) return toast(`Not saved: ${answer.error}`, "error");
  await refresh();
  $("#warnings-title")?.focus({ preventScroll: true }); // what had the focus is gone
  toast(body.has("back") ? "The warning is back." : "Accepted.");
}

if (live) {
  document.addEventListener("submit", (event) => {
    if (!("accept" in event.target.dataset)) return;
    event.preventDefault();
    accept(event.target, event.submitter);
  });
}
