// The player, and everything on the page that leads to a place in the recording.

import { $, all } from "./dom.js";
import { whenReplaced } from "./parts.js";

export const player = () => $("#audio");

export function seek(seconds) {
  const audio = player();
  if (!audio) return;
  audio.currentTime = Number(seconds);
  audio.play().catch(() => {});
}

function mark() {
  const audio = player();
  if (!audio) return;
  const at = audio.currentTime;
  const began = (one) => Number(one.dataset.seek) <= at + 0.05;
  const chapter = all(".chapters [data-seek]").filter(began).pop();
  current(all(".chapters [data-seek]"), chapter);
  const now = $("#now");
  const title = chapter ? chapter.lastElementChild.textContent : "";
  if (now && now.textContent !== title) now.textContent = title;
  const cue = all(".cues [data-seek]").filter(began).pop();
  const spoken = cue && at < Number(cue.dataset.end) + 0.3 ? cue : null;
  if (current(all(".cues [data-seek]"), spoken) && spoken && !audio.paused) {
    const box = spoken.closest(".cues");
    box.scrollTop = spoken.offsetTop - box.clientHeight / 3;
  }
  const head = $(".playhead");
  const timeline = $(".timeline");
  if (head && timeline) {
    head.hidden = at === 0;
    head.style.left = `${(100 * at) / Number(timeline.dataset.duration)}%`;
  }
}

function current(list, one) {
  const before = list.find((each) => each.hasAttribute("aria-current"));
  if (before === (one ?? undefined)) return false;
  before?.removeAttribute("aria-current");
  one?.setAttribute("aria-current", "true");
  return true;
}

for (const event of ["timeupdate", "seeked", "loadedmetadata"]) {
  document.addEventListener(event, mark, true);
}

document.addEventListener("click", (event) => {
  const time = event.target.closest("[data-seek]");
  const timeline = event.target.closest(".timeline");
  if (time && player()) {
    event.preventDefault();
    seek(time.dataset.seek);
  } else if (timeline) {
    const box = timeline.getBoundingClientRect();
    seek(((event.clientX - box.left) / box.width) * Number(timeline.dataset.duration));
  }
});

whenReplaced(mark);
mark();
