// Reviews of colleagues: a remark is done or open again, and the episode is approved.

import { live } from "./dom.js";
import { hold, refresh } from "./parts.js";
import { ask } from "./server.js";
import { toast } from "./toast.js";

async function mark(button) {
  const { slug, review, remark, done } = button.dataset;
  const said = await ask(`/episodes/${slug}/reviews/mark`, new URLSearchParams({ review, remark, done }));
  if (!said.ok) return toast(`Not changed: ${said.error}`, "error");
  await refresh();
  toast(done ? "Done." : "Open again.");
}

async function approve(form) {
  const { slug, words, recording, edits } = form.dataset;
  const name = form.elements.namedItem("name").value;
  const said = await ask(`/episodes/${slug}/reviews/approve`, new URLSearchParams({ name, words, recording, edits }));
  if (!said.ok) return toast(`Not approved: ${said.error}`, "error");
  form.reset();
  await refresh();
  toast(`Approved by ${said.name}.`);
}

if (live) {
  hold("reviews", () => Boolean(document.getElementById("approver")?.value));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remark]");
    if (button) mark(button);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "approve") return;
    event.preventDefault();
    approve(event.target);
  });
}
