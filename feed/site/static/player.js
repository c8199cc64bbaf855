// The player of an episode's page, and the text that can be followed while it is read. Written by
// hand; depends on nothing. Without it the page keeps the browser's own player. Every phrase comes
// from the page, and no timer runs while nothing plays.
(() => {
  "use strict";

  const BACK_S = 15;
  const AHEAD_S = 30;
  const STEP_S = 5;
  const SAVE_EVERY_S = 5;
  const PAUSE_S = 1.5; // so long a sentence stays marked after its last word
  const ROUNDING_S = 0.01; // of times by the player
  const WORDS = /\s+|\S+/g;
  const INLINE = new Set(
    "a abbr b bdi cite code del em i ins mark q s small span strong sup u wbr".split(" "),
  );
  const root = document.querySelector("[data-player]");
  const audio = root?.querySelector("audio");
  if (!audio) return;

  const one = (name) => document.querySelector(`[data-${name}]`);
  const all = (name) => document.querySelectorAll(`[data-${name}]`);
  const say = root.dataset;
  const page = document.documentElement;
  const [bar, text, slider, speed, link] = ["bar", "text", "slider", "speed", "link"].map(one);
  const here = location.pathname.replace(/index\.html$/, "");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const onward = getComputedStyle(page).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  const chapters = [...document.querySelectorAll("[data-chapters] a")].map((element) => ({
    element,
    start: moment(element.hash),
    title: element.querySelector(".name").textContent,
  }));

  let waiting = null; // a place to seek once the audio is there
  let saved = 0;
  let left = false; // there is a place to go on from, and nobody has yet
  let fetched = null;
  let sentences = []; // in the order of the text
  let spoken = []; // the same, in the order of time
  let edges = []; // every moment at which a mark changes
  let lit = null;
  let word = null;
  let timer = 0;
  let away = true; // the reader is elsewhere in the text, and is left there

  // Where storage is missing or blocked, nothing is remembered.
  function recall(name) {
    try { return localStorage.getItem(`columncast ${name}`); } catch { return null; }
  }
  function remember(name, value) {
    try {
      if (value === null) localStorage.removeItem(`columncast ${name}`);
      else localStorage.setItem(`columncast ${name}`, value);
    } catch { /* as above */ }
  }

  function moment(hash) {
    const found = /^#t=(\d+(\.\d+)?)/.exec(hash);
    return found ? Number(found[1]) : null;
  }
  function clock(seconds) {
    const two = (number) => String(Math.floor(number)).padStart(2, "0");
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor(seconds / 60) % 60;
    return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
  }
  const fill = (phrase, values) => phrase.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const tell = (said) => { one("status").textContent = said; };
  const length = () => (Number.isFinite(audio.duration) ? audio.duration : Number(say.length));
  const now = () => waiting ?? audio.currentTime;
  const last = (list, time) => list.findLast((each) => each.start <= time + ROUNDING_S) ?? null;

  // Playing
  function seek(seconds) {
    const place = Math.min(Math.max(0, seconds), length());
    left = false;
    if (audio.readyState) audio.currentTime = place;
    else waiting = place;
    paint();
  }
  function play(seconds) {
    if (seconds !== undefined) seek(seconds);
    left = false;
    audio.play()?.catch(() => {}); // refused, or broken: the event "error" tells that
  }
  const toggle = () => (audio.paused ? play() : audio.pause());
  function setSpeed(value) {
    speed.value = value;
    if (!speed.value) speed.value = "1";
    audio.defaultPlaybackRate = audio.playbackRate = Number(speed.value);
  }
  function hasten(steps) {
    const chosen = speed.options[speed.selectedIndex + steps];
    if (!chosen) return;
    setSpeed(chosen.value);
    remember("speed", chosen.value);
  }
  function toChapter(steps) {
    const at = chapters.findLastIndex((each) => each.start <= now() + ROUNDING_S);
    const again = steps < 0 && now() - (chapters[at]?.start ?? 0) > 3;
    const chapter = chapters[again ? at : at + steps];
    if (chapter || steps < 0) seek(chapter?.start ?? 0);
  }
  function save() {
    saved = now();
    const nothing = saved < STEP_S || saved > length() - STEP_S;
    remember(`at ${here}`, nothing ? null : saved.toFixed(1));
  }
  async function copyLink() {
    try {
      await navigator.clipboard.writeText(link.href);
      tell(say.linkCopied);
    } catch {
      history.replaceState(null, "", link.hash);
      tell(say.linkInAddress);
    }
  }

  // What people see of it
  function paint() {
    const time = now();
    const values = { time: clock(time), length: clock(length()) };
    const chapter = time || !audio.paused ? last(chapters, time) : null;
    slider.max = length();
    slider.value = time;
    slider.setAttribute("aria-valuetext", fill(say.positionOf, values));
    for (const each of all("time")) each.textContent = values.time;
    for (const each of [root, bar]) each.style.setProperty("--played", time / length());
    for (const each of chapters) {
      if (each === chapter) each.element.setAttribute("aria-current", "true");
      else each.element.removeAttribute("aria-current");
    }
    one("chapter").textContent = chapter?.title ?? "";
    link.hash = `t=${Math.floor(time)}`;
    link.textContent = fill(say.copyLink, values);
    const label = audio.paused ? (left ? fill(say.resume, values) : say.play) : say.pause;
    for (const each of all("toggle")) {
      const words = each.querySelector("[data-label]");
      if (words) words.textContent = label;
      else each.setAttribute("aria-label", label);
      each.classList.toggle("playing", !audio.paused);
    }
    one("over").hidden = !left;
    mark();
  }
  function session() {
    const media = navigator.mediaSession;
    if (!media || !window.MediaMetadata) return;
    const artwork = [
      { src: one("picture").src, type: "image/webp" },
      { src: new URL(say.cover, location.href).href },
    ];
    const act = {
      play: () => play(),
      pause: () => audio.pause(),
      seekbackward: (how) => seek(now() - (how.seekOffset || BACK_S)),
      seekforward: (how) => seek(now() + (how.seekOffset || AHEAD_S)),
      seekto: (how) => seek(how.seekTime),
      previoustrack: chapters.length ? () => toChapter(-1) : null,
      nexttrack: chapters.length ? () => toChapter(1) : null,
    };
    try {
      media.metadata = new MediaMetadata({
        title: say.title,
        artist: say.artist,
        album: say.album,
        artwork,
        chapterInfo: chapters.map(({ title, start }) => ({ title, startTime: start, artwork })),
      });
    } catch { return; }
    for (const name of Object.keys(act)) {
      try { media.setActionHandler(name, act[name]); } catch { /* not known to this browser */ }
    }
  }
  function tellPlace() {
    try {
      navigator.mediaSession.setPositionState(
        { duration: length(), playbackRate: audio.playbackRate, position: now() },
      );
    } catch { /* no media session here */ }
  }

  // The text: words are counted as feed/site/readalong.py counts them, and marked as ranges, so that
  // nothing is added to it.
  function cut(element) {
    const found = [];
    let open = null;
    let mute = 0;
    const walk = (node) => {
      if (node.nodeType === Node.TEXT_NODE) {
        for (const { 0: piece, index } of node.data.matchAll(WORDS)) {
          if (!piece.trim()) open = null;
          else if (!mute) {
            if (!open) found.push(open = { from: [node, index] });
            open.to = [node, index + piece.length];
          }
        }
        return;
      }
      const block = !INLINE.has(node.localName);
      const note = node.localName === "sup";
      if (block) open = null;
      mute += note;
      node.childNodes.forEach(walk);
      mute -= note;
      if (block) open = null;
    };
    element.childNodes.forEach(walk);
    return found;
  }
  function span(first, end) {
    const range = new Range();
    range.setStart(...first.from);
    range.setEnd(...end.to);
    return range;
  }
  function lay(data) {
    const cuts = cut(text);
    if (cuts.length !== data.words) return; // these are not the times of this text
    sentences = data.sentences.map(([first, end, times]) => {
      const words = [];
      for (let i = 0; i < times.length; i += 3) {
        const start = times[i + 1] / 100;
        words.push({ at: cuts[first + times[i]], start, end: start + times[i + 2] / 100 });
      }
      const range = span(cuts[first], cuts[end]);
      return { words, range, start: words[0].start, end: words.at(-1).end };
    });
    spoken = [...sentences].sort((a, b) => a.start - b.start);
    edges = sentences.flatMap((each) => [
      each.end + PAUSE_S, ...each.words.flatMap(({ start, end }) => [start, end]),
    ]).sort((a, b) => a - b);
  }
  const follows = () => Boolean(text && one("follow")?.checked);
  function load() {
    fetched ??= fetch(say.words)
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then(lay)
      .catch(() => { fetched = null; }); // the next play asks again
    return fetched;
  }
  function mark() {
    const time = now();
    const sentence = follows() ? last(spoken, time) : null;
    const heard = sentence && time < sentence.end + PAUSE_S ? sentence : null;
    const sound = heard && last(heard.words, time);
    const next = sound && time < sound.end ? sound : null;
    if (next !== word) show("spoken-word", (word = next) && span(word.at, word.at), 1);
    if (heard === lit) return;
    show("spoken-sentence", (lit = heard)?.range, 0);
    if (lit && !audio.paused) follow();
  }
  function show(name, range, priority) {
    if (!window.Highlight || !CSS.highlights) {
      if (!priority) boxes(range);
    } else if (range) {
      const highlight = new Highlight(range);
      highlight.priority = priority;
      CSS.highlights.set(name, highlight);
    } else CSS.highlights.delete(name);
  }
  // Where highlights are not known, boxes lie behind the sentence.
  function boxes(range) {
    for (const old of text.querySelectorAll(".spoken-box")) old.remove();
    const home = text.getBoundingClientRect();
    for (const box of range?.getClientRects() ?? []) {
      const behind = document.createElement("div");
      behind.className = "spoken-box";
      behind.style.left = `${box.left - home.left}px`;
      behind.style.top = `${box.top - home.top}px`;
      behind.style.width = `${box.width}px`;
      behind.style.height = `${box.height}px`;
      text.append(behind);
    }
  }
  function follow(always) {
    const box = lit.range.getBoundingClientRect();
    const height = innerHeight - bar.offsetHeight;
    if (always || (box.bottom > 0 && box.top < height)) away = false;
    if (away || (box.top >= 0 && box.bottom <= height * 0.85)) return;
    scrollBy({ top: box.top - height * 0.25, behavior: calm.matches ? "instant" : "smooth" });
  }
  function wake() {
    clearTimeout(timer);
    if (audio.paused || !edges.length) return;
    mark();
    const next = edges.find((edge) => edge > now() + ROUNDING_S) ?? now() + STEP_S;
    timer = setTimeout(wake, Math.max(30, (1000 * (next - now())) / audio.playbackRate));
  }
  async function step(steps) {
    if (follows()) await load();
    if (!follows() || !spoken.length) {
      seek(now() + steps * STEP_S);
      return;
    }
    const next = steps > 0
      ? spoken.find((each) => each.start > now() + 0.05)
      : spoken.findLast((each) => each.start < now() - 1) ?? spoken[0];
    if (!next) return;
    getSelection()?.removeAllRanges();
    seek(next.start);
    if (lit) follow(true);
  }
  async function playSentence(found) {
    await load();
    const sentence = sentences.find(found);
    if (!sentence) return;
    away = false;
    play(sentence.start);
  }

  // What people do
  const does = {
    toggle,
    link: copyLink,
    back: () => seek(now() - BACK_S),
    ahead: () => seek(now() + AHEAD_S),
    over: () => play(0),
    place: () => (lit ? follow(true) : root.scrollIntoView({ block: "center" })),
  };
  document.addEventListener("click", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const control = event.target.closest("[data-do]");
    const chapter = chapters.find(({ element }) => element.contains(event.target));
    if (control) does[control.dataset.do]();
    else if (chapter) play(chapter.start);
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (!one("keys").checked || target.isContentEditable) return;
    if (target.closest("select, textarea, input:not([type=checkbox], [data-slider])")) return;
    if (key === " " && target !== slider && target.closest("a, button, summary, input")) return;
    const arrow = { ArrowLeft: -1, ArrowRight: 1 }[key] * (onward === "ArrowLeft" ? -1 : 1);
    if (arrow && target === slider) seek(now() + arrow * STEP_S);
    else if (arrow) step(arrow);
    else if (key === " " || key === "k" || key === "K") toggle();
    else if (key === "j" || key === "J") does.back();
    else if (key === "l" || key === "L") does.ahead();
    else if (key === "<") hasten(-1);
    else if (key === ">") hasten(1);
    else return;
    event.preventDefault();
  });
  for (const name of ["wheel", "touchmove"]) {
    addEventListener(name, () => { away = true; }, { passive: true });
  }
  addEventListener("hashchange", () => {
    const asked = moment(location.hash);
    if (asked !== null) seek(asked);
  });
  addEventListener("pagehide", () => { if (!left && now() !== saved) save(); });
  slider.addEventListener("input", () => seek(Number(slider.value)));
  speed.addEventListener("change", () => {
    setSpeed(speed.value);
    remember("speed", speed.value);
  });
  for (const name of ["follow", "keys"]) {
    const box = one(name);
    if (!box) continue;
    box.checked = recall(name) !== "off";
    box.addEventListener("change", () => {
      remember(name, box.checked ? null : "off");
      if (follows() && !audio.paused) load().then(wake);
      paint();
    });
  }
  if (text) {
    text.tabIndex = 0;
    text.addEventListener("click", ({ target, clientX: x, clientY: y }) => {
      const marked = getSelection()?.isCollapsed === false;
      if (marked || !follows() || target.closest("a, button, summary")) return;
      const hit = (box) => x >= box.left && x <= box.right && y >= box.top - 4 && y <= box.bottom + 4;
      playSentence(({ range }) => [...range.getClientRects()].some(hit));
    });
    text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== text || !follows()) return;
      const { anchorNode: node, anchorOffset: at } = getSelection() ?? {};
      const caret = node && node !== text && text.contains(node);
      playSentence((each) => (caret
        ? each.range.isPointInRange(node, at)
        : each === (lit ?? spoken[0])));
    });
    addEventListener("resize", () => { if (lit) show("spoken-sentence", lit.range, 0); });
  }
  const events = {
    play() {
      tell("");
      session();
      if (follows()) load().then(wake);
      paint();
    },
    pause() {
      clearTimeout(timer);
      save();
      paint();
    },
    loadedmetadata() {
      if (waiting !== null) audio.currentTime = waiting;
      waiting = null;
      paint();
    },
    timeupdate() {
      paint();
      if (!audio.paused && Math.abs(now() - saved) >= SAVE_EVERY_S) save();
    },
    seeked() {
      paint();
      tellPlace();
      wake();
    },
    ratechange() {
      tellPlace();
      wake();
    },
    error() {
      tell(say.failed);
      paint();
    },
    playing: tellPlace,
    ended: save,
  };
  for (const [name, act] of Object.entries(events)) audio.addEventListener(name, act);
  // The bar is there while the player is out of view.
  if (window.IntersectionObserver) {
    new IntersectionObserver((seen) => {
      const { isIntersecting, boundingClientRect } = seen.at(-1);
      bar.hidden = isIntersecting || boundingClientRect.top > 0;
      page.classList.toggle("with-bar", !bar.hidden);
    }).observe(root);
  }

  // Where to begin
  const asked = moment(location.hash);
  const place = asked ?? Number(recall(`at ${here}`));
  setSpeed(recall("speed") ?? "1");
  if (place > 0 && place < length()) seek(place);
  left = now() > 0;
  paint();
  audio.controls = false;
  one("controls").hidden = false;
  if (asked !== null && follows()) load().then(() => { mark(); if (lit) follow(true); });
})();
