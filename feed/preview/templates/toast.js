// A message where one looks: next to what has the focus, for a moment. Live regions say it aloud.

import { $ } from "./dom.js";

let going = 0;

export function toast(text, kind = "good") {
  const box = $("#toast");
  if (!box) return;
  clearTimeout(going);
  box.textContent = text;
  box.className = `toast ${kind}`;
  box.hidden = false;
  const near = document.activeElement?.closest("input, textarea, select, button, summary");
  const at = near?.getBoundingClientRect();
  const seen = at && at.bottom > 0 && at.top < window.innerHeight;
  const left = seen ? at.left : (window.innerWidth - box.offsetWidth) / 2;
  const below = seen ? Math.min(at.bottom, window.innerHeight * 0.7) + 8 : window.innerHeight / 3;
  box.style.left = `${Math.max(8, Math.min(left, window.innerWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${Math.max(8, below)}px`;
  going = setTimeout(() => { box.hidden = true; }, kind === "error" ? 8000 : 3000);
}
