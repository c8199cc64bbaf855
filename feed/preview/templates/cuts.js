// The cuts: one has the focus, is heard with and without it, and is made or left with one key.

import { $, all, live, slug } from "./dom.js";
import { onKey } from "./keys.js";
import { refresh } from "./parts.js";
import { player } from "./player.js";
import { ask } from "./server.js";
import { toast } from "./toast.js";

const cuts = () => all("[data-cut]");
const here = () => document.activeElement?.closest("[data-cut]");

function goToCut(step) {
  const list = cuts();
  if (!list.length) return;
  const at = list.indexOf(here());
  const next = list[at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + step))];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function hear(url) {
  const seam = $("#seam");
  player()?.pause();
  if (seam.getAttribute("src") === url && !seam.paused) return seam.pause();
  seam.src = url;
  seam.play().catch(() => toast("This cannot be played.", "error"));
}

async function chooseCut(cut, choice) {
  const { key, pressed } = { key: cut.dataset.cut, pressed: $(`[data-choice-of-cut="${choice}"]`, cut).ariaPressed };
  const [start, end] = key.split("-");
  const again = pressed === "true";
  const answer = await ask(`/episodes/${slug}/cuts`, new URLSearchParams({ start, end, choice: again ? "open" : choice }));
  if (!answer.ok) return toast(`Not saved: ${answer.error}`, "error");
  await refresh();
  document.getElementById(`cut-${key}`)?.focus({ preventScroll: true });
  toast(again ? "Nothing is decided about it." : choice === "cut" ? "Cut." : "It stays.");
}

const hearing = (cut, made) => cut && hear($(made ? '[data-hear$="made=1"]' : '[data-hear]:not([data-hear$="made=1"])', cut).dataset.hear);

if (live && $("#cuts")) {
  document.addEventListener("click", (event) => {
    const listen = event.target.closest("[data-hear]");
    const choice = event.target.closest("[data-choice-of-cut]");
    if (listen) hear(listen.dataset.hear);
    else if (choice) chooseCut(choice.closest("[data-cut]"), choice.dataset.choiceOfCut);
  });
  // On the cut itself only: on a button of it, Space presses that.
  document.addEventListener("keydown", (event) => {
    const cut = event.target.closest("[data-cut]");
    if (!cut || event.target !== cut || event.ctrlKey || event.metaKey || event.altKey) return;
    const acts = {
      " ": () => hearing(cut, true), ArrowDown: () => goToCut(1), ArrowUp: () => goToCut(-1),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  });
  onKey("j", "the next cut", () => goToCut(1));
  onKey("k", "the cut before", () => goToCut(-1));
  onKey("Space", "play over the seam of the cut that has the focus", () => {});
  onKey("v", "play the recording there as it is", () => hearing(here(), false));
  onKey("a", "make the cut that has the focus", () => here() && chooseCut(here(), "cut"));
  onKey("r", "let it stay", () => here() && chooseCut(here(), "keep"));
}
