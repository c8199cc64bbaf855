// Parts of the page are replaced as files are saved; what the reader looks at stays in its place.

import { $, all } from "./dom.js";

const held = {};
const after = [];

// Let the part *name* stay as it is for as long as *busy* says so.
export function hold(name, busy) { held[name] = busy; }

// Call *act* whenever parts were replaced.
export function whenReplaced(act) { after.push(act); }

let fetching = null;
let again = false;

// Saves that arrive while one is being shown are shown together, after it.
export function refresh() {
  if (fetching) { again = true; return fetching; }
  fetching = show().finally(() => {
    fetching = null;
    if (again) { again = false; refresh(); }
  });
  return fetching;
}

// The page as it would be sent now; null when the server went away.
export async function fetchPage() {
  try {
    const answer = await fetch(location.pathname, { cache: "no-cache" });
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return null; // the events say so
  }
}

async function show() {
  const next = await fetchPage();
  if (!next) return;
  const changed = all("[data-part]", next).filter((part) => {
    const old = $(`[data-part="${part.dataset.part}"]`);
    return !old || old.dataset.hash !== part.dataset.hash;
  });
  if (changed.some((part) => !$(`[data-part="${part.dataset.part}"]`))) return location.reload();
  if (!changed.length) return;
  document.title = next.title;
  keepingPlace(() => changed.forEach(replace));
  after.forEach((act) => act());
}

export function replace(part) {
  const old = $(`[data-part="${part.dataset.part}"]`);
  if (held[part.dataset.part]?.()) return; // what is being typed is not lost
  const opened = all("details[open]", old).map((one) => one.id);
  const scrolled = all("[data-scroll]", old).map((one) => [one.dataset.scroll, one.scrollTop, one.scrollLeft]);
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  const caret = active && "selectionStart" in active ? [active.selectionStart, active.selectionEnd] : null;
  const played = $("audio", old);
  const wasAt = played && { time: played.currentTime, paused: played.paused };
  const fresh = document.adoptNode(part);
  fresh.classList.add("fresh");
  old.replaceWith(fresh);
  opened.forEach((id) => { const one = document.getElementById(id); if (one) one.open = true; });
  scrolled.forEach(([name, top, left]) => {
    const one = $(`[data-scroll="${CSS.escape(name)}"]`, fresh);
    if (one) { one.scrollTop = top; one.scrollLeft = left; }
  });
  const again = active?.id ? document.getElementById(active.id) : null;
  again?.focus({ preventScroll: true });
  if (again && caret && caret[0] !== null) again.setSelectionRange(...caret);
  const audio = $("audio", fresh);
  if (audio && wasAt?.time) {
    audio.currentTime = wasAt.time;
    if (!wasAt.paused) audio.play().catch(() => {});
  }
}

// What the reader looks at stays where it is, however much changes above it.
function keepingPlace(change) {
  const anchor = all("[data-part]").filter((one) => !one.closest(".player"))
    .find((one) => one.getBoundingClientRect().bottom > 0);
  const name = anchor?.dataset.part;
  const before = anchor?.getBoundingClientRect().top;
  change();
  const now = name && $(`[data-part="${name}"]`)?.getBoundingClientRect().top;
  if (name && window.scrollY > 0 && now !== before) window.scrollBy(0, now - before);
}
