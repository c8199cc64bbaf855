// The column read aloud, in the publisher's own article. One tag in that page loads this script; it
// shows a player where the tag stands, finds the column's sentences in the article by their words
// alone, marks the one that is spoken and plays from a click on one. docs/how-to/article.md says what
// it asks of the page. Nothing is added to the page but one element with a shadow root, and one rule
// that colours our own highlight; nothing is stored. Every phrase comes with the episode's data.
(() => {
  "use strict";

  const KNOWN = 1; // the version of the data; an older one is read, a newer one only played
  const BACK_S = 15;
  const AHEAD_S = 30;
  const PAUSE_S = 1.5; // so long a sentence stays marked after its last word
  const RUN = 4; // words in a row that are a clue where a text stands
  const MOST_PLACES = 8; // a clue that is at more places is none
  const SMALL = 40_000; // cells of a table for the words between two clues
  const ENOUGH = 0.6; // of a sentence's words, for it to be that sentence
  const SETTLE_MS = 400; // after a change of the page
  const NAME = "columncast-sentence";
  const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3];
  const WORD = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|[\p{L}\p{M}\p{N}\u00ad\u200b-\u200d\u2060]+/gu;
  const SILENT = /[\u00ad\u200b-\u200d\u2060]/g;
  const set = (names) => new Set(names.split(" "));
  const INLINE = set(
    "a abbr b bdi bdo big cite code data del dfn em font i ins kbd mark q s samp small span strong sub time tt u var wbr",
  );
  const UNREAD = set(
    "audio button canvas columncast-listen dialog iframe input math nav noscript object script select sup style svg template textarea video",
  );
  const ASIDE = "aside, blockquote, figure, [class*=pullquote], [class*=pull-quote], footer, [role=complementary], [hidden], [aria-hidden=true]";

  // Finding the text: a page and a column are rows of words.

  /** Return the words of *text* in the form in which they are compared, and where each stands. */
  function wordsOf(text) {
    return Array.from(text.matchAll(WORD), ({ 0: word, index }) => ({
      word: word.normalize("NFKC").replace(SILENT, "").toLowerCase(),
      start: index,
      end: index + word.length,
    })).filter(({ word }) => word);
  }

  /** Return the words that *root* shows; each knows its block and the text nodes it begins and ends in. */
  function readPage(root) {
    const found = [];
    let nodes = []; // of one line: what stands between two edges
    let line = "";
    let block = 0;
    let aside = false;
    const edge = () => {
      const place = (offset, atEnd) => {
        const one = nodes.findLast(({ from }) => (atEnd ? from < offset : from <= offset));
        return [one.node, offset - one.from];
      };
      for (const { word, start, end } of wordsOf(line)) {
        found.push({ word, block, aside, from: place(start), to: place(end, true) });
      }
      nodes = [];
      line = "";
    };
    const walk = (node, beside) => {
      if (node.nodeType === Node.TEXT_NODE) {
        if (!node.length) return;
        aside = beside;
        nodes.push({ node, from: line.length });
        line += node.data;
        return;
      }
      const name = node.localName;
      if (!name) return;
      if (UNREAD.has(name)) {
        // A mark of a footnote, or what is no text, never joins the words around it.
        if (name === "sup") edge();
        return;
      }
      const inline = INLINE.has(name);
      const outer = beside;
      if (!inline) {
        edge();
        if (name !== "br") {
          if (getComputedStyle(node).display === "none") return;
          block += 1;
        }
      }
      const inner = outer || node.matches(ASIDE);
      for (const child of node.childNodes) walk(child, inner);
      if (!inline) {
        edge();
        if (name !== "br") block += 1;
      }
    };
    walk(root, false);
    edge();
    return found;
  }

  /** Return the longest rows that *spoken* and *page* have in common around clues of a few words. */
  function runsOf(spoken, words) {
    const page = words.map(({ word }) => word);
    const clue = (row, at) => row.slice(at, at + RUN).join(" ");
    const places = new Map();
    for (let at = 0; at + RUN <= page.length; at += 1) {
      const key = clue(page, at);
      const there = places.get(key);
      if (there) there.push(at);
      else places.set(key, [at]);
    }
    const runs = [];
    const reached = new Map(); // by the distance between the two rows: where the last run ends
    for (let at = 0; at + RUN <= spoken.length; at += 1) {
      const there = places.get(clue(spoken, at)) ?? [];
      if (there.length > MOST_PLACES) continue;
      for (const other of there) {
        const way = other - at;
        if (reached.get(way) > at) continue;
        let s = at;
        let p = other;
        while (s && p && spoken[s - 1] === page[p - 1]) { s -= 1; p -= 1; }
        let length = at - s + RUN;
        while (s + length < spoken.length && spoken[s + length] === page[p + length]
          && p + length < page.length) length += 1;
        reached.set(way, s + length);
        // What stands in a box is weighed by itself: it may be a quotation of what follows. Less than
        // a clue of it, with the text that comes next, says nothing.
        for (let from = 0, to = 1; to <= length; to += 1) {
          if (to < length && words[p + to].aside === words[p + from].aside) continue;
          if (to - from >= RUN || !words[p + from].aside) {
            runs.push({ s: s + from, p: p + from, length: to - from });
          }
          from = to;
        }
      }
    }
    return runs.sort((a, b) => a.p - b.p || a.s - b.s);
  }

  const NEAR = 200; // runs that are looked back at; more lie between two only in a page of repetitions

  /** Return which of *runs* are the text: one after the other in both rows, with few and clean gaps. */
  function chainOf(runs, words) {
    runs.forEach((run, i) => {
      const own = words[run.p].aside ? run.length / 2 : run.length;
      run.score = own;
      run.before = null;
      for (let j = i - 1; j >= Math.max(0, i - NEAR); j -= 1) {
        const last = runs[j];
        const over = Math.max(last.s + last.length - run.s, last.p + last.length - run.p, 0);
        if (over >= run.length || last.s >= run.s || last.p >= run.p) continue;
        const gap = Math.max(0, run.p - last.p - last.length);
        const jump = Math.max(0, run.s - last.s - last.length);
        const cost = (gap || jump ? 0.5 : 0) + Math.log2(1 + gap) / 4 + Math.log2(1 + jump) / 4;
        const score = last.score + own - over - cost;
        if (score > run.score) {
          run.score = score;
          run.before = last;
        }
      }
    });
    const chain = [];
    let run = runs.reduce((best, each) => (best && best.score >= each.score ? best : each), null);
    for (; run; run = run.before) chain.unshift(run);
    return chain;
  }

  /** Return for each spoken word which word of the page it is, or -1. */
  function align(spoken, words) {
    const page = words.map(({ word }) => word);
    const found = new Int32Array(spoken.length).fill(-1);
    const chain = chainOf(runsOf(spoken, words), words).map((run) => ({ ...run }));
    // Where two runs claim the same words – a quotation of them stands in a box – the cut is made
    // where no block is torn, and the box is not taken for the text.
    const torn = (at) => at > 0 && at < words.length && words[at - 1].block === words[at].block;
    for (let i = 1; i < chain.length; i += 1) {
      const [last, run] = [chain[i - 1], chain[i]];
      const end = last.s + last.length;
      let best = null;
      for (let cut = Math.max(run.s, last.s); cut <= Math.max(end, run.s); cut += 1) {
        const left = Math.min(cut, end);
        let cost = torn(last.p + left - last.s) + torn(run.p + cut - run.s);
        cost += (words[last.p].aside ? cut - run.s : 0) + (words[run.p].aside ? end - cut : 0);
        if (!best || cost < best.cost) best = { cut, left, cost };
      }
      last.length = best.left - last.s;
      run.p += best.cut - run.s;
      run.length -= best.cut - run.s;
      run.s = best.cut;
      const over = last.p + last.length - run.p;
      if (over > 0) {
        run.s += over;
        run.p += over;
        run.length -= over;
      }
    }
    let [s, p] = [0, 0];
    const ends = { s: spoken.length, p: page.length, length: 0 };
    for (const run of [...chain.filter(({ length }) => length > 0), ends]) {
      const room = 20 + 2 * (run.s - s);
      // Before the first clue and after the last one, only what is near.
      const from = p || run === ends ? p : Math.max(0, run.p - room);
      const to = run === ends ? Math.min(run.p, p + room) : run.p;
      if (chain.length) between(spoken, page, [s, run.s], [from, to], found);
      for (let k = 0; k < run.length; k += 1) found[run.s + k] = run.p + k;
      [s, p] = [run.s + run.length, run.p + run.length];
    }
    return found;
  }

  /** Match the words between two clues: the longest common row, if the table for it is small. */
  function between(spoken, page, [s, sEnd], [p, pEnd], found) {
    const [high, wide] = [sEnd - s, pEnd - p];
    if (!high || !wide || high * wide > SMALL) return;
    const row = wide + 1;
    const best = new Uint16Array((high + 1) * row);
    for (let i = high - 1; i >= 0; i -= 1) {
      for (let j = wide - 1; j >= 0; j -= 1) {
        best[i * row + j] = spoken[s + i] === page[p + j]
          ? best[(i + 1) * row + j + 1] + 1
          : Math.max(best[(i + 1) * row + j], best[i * row + j + 1]);
      }
    }
    for (let i = 0, j = 0; i < high && j < wide;) {
      if (spoken[s + i] === page[p + j]) {
        found[s + i] = p + j;
        i += 1;
        j += 1;
      } else if (best[(i + 1) * row + j] >= best[i * row + j + 1]) i += 1;
      else j += 1;
    }
  }

  /** Return the range from one word of the page to another, with the marks that lean on them. */
  function rangeOf(first, last) {
    const [[a, from], [b, to]] = [first.from, last.to];
    const before = /[^\s\p{L}\p{M}\p{N}]*$/u.exec(a.data.slice(0, from))[0].length;
    const after = /^[^\s\p{L}\p{M}\p{N}]*/u.exec(b.data.slice(to))[0].length;
    const range = new Range();
    range.setStart(a, from - before);
    range.setEnd(b, to + after);
    return range;
  }

  /** Give each of *sentences* its ranges in *root*; none where it is not there. */
  function find(sentences, root) {
    const words = readPage(root);
    const spoken = [];
    for (const sentence of sentences) {
      sentence.first = spoken.length;
      spoken.push(...wordsOf(sentence.text).map(({ word }) => word));
      sentence.end = spoken.length;
    }
    const found = align(spoken, words);
    for (const sentence of sentences) sentence.ranges = placed(sentence, found, words, spoken);
  }

  function placed({ first, end }, found, words, spoken) {
    let groups = []; // of words that stand together in one block
    let close = 0;
    for (let at = first; at < end; at += 1) {
      if (found[at] < 0) continue;
      const word = words[found[at]];
      const group = groups.at(-1);
      const gap = group ? found[at] - group.last - 1 : 0;
      if (group && words[group.last].block === word.block && gap <= 3 + (end - first) / 3) {
        group.last = found[at];
        group.letters += word.word.length;
        group.count += 1;
      } else {
        groups.push({ first: found[at], last: found[at], letters: word.word.length, count: 1 });
      }
    }
    // A word or two that the gaps were filled with, far from the rest, are chance.
    groups = groups.filter(({ count }) => count >= Math.min(3, end - first));
    let all = 0;
    for (let at = first; at < end; at += 1) all += spoken[at].length;
    const letters = groups.reduce((sum, group) => sum + group.letters, 0);
    if (!letters || letters < ENOUGH * all) return [];
    if (end - first <= RUN) {
      // So short a sentence is anywhere: it counts next to its neighbour alone, and whole.
      if (groups.length > 1 || groups[0].count < end - first) return [];
      close = (first && found[first - 1] === groups[0].first - 1)
        || (end < found.length && found[end] === groups[0].last + 1);
      const alone = words[groups[0].first - 1]?.block !== words[groups[0].first].block
        && words[groups[0].last + 1]?.block !== words[groups[0].first].block;
      if (!close && !alone) return [];
    }
    return groups.map((group) => rangeOf(words[group.first], words[group.last]));
  }

  // The player

  const STYLE = `
    :host { display: block !important; margin: 1.25em 0; }
    [hidden] { display: none !important; }
    .box, .bar { all: initial; box-sizing: border-box; direction: inherit; color: inherit; color-scheme: inherit; font: 400 1rem/1.4 system-ui, sans-serif; font-family: inherit; }
    .box { display: block; container-type: inline-size; padding: .75rem 1rem; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: 12px; }
    .row { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .75rem; }
    .row + .row { margin-top: .5rem; }
    button { all: unset; min-width: 2.75rem; padding: 0 .7rem; text-align: center; }
    button, select { box-sizing: border-box; min-height: 2.75rem; border: 1px solid color-mix(in srgb, currentColor 35%, transparent); border-radius: 99px; font: 600 .9375rem/1.2 system-ui, sans-serif; font-family: inherit; font-variant-numeric: tabular-nums; cursor: pointer; }
    select { width: 5rem; margin: 0; padding: 0 .6rem; color: inherit; background: none; }
    .skip + .skip { margin-inline-end: auto; }
    .skip, .bar button:not(.name) { width: 2.75rem; padding: 0; }
    @container (max-width: 20rem) {
      .play { flex: 1 0 100%; }
      .skip, select { flex: 1; }
    }
    option { color: CanvasText; background: Canvas; }
    button:hover, select:hover { border-color: currentColor; }
    :focus-visible { outline: 2px solid currentColor !important; outline-offset: 2px; }
    .play { display: inline-flex; align-items: center; justify-content: center; gap: .6rem; }
    svg { width: 1rem; height: 1rem; fill: currentColor; flex: none; }
    .stop, .playing .go { display: none; }
    .playing .stop { display: block; }
    .time { font-size: .875rem; font-variant-numeric: tabular-nums; unicode-bidi: isolate; }
    input { flex: 1 1 8rem; min-width: 0; height: 1.5rem; margin: 0; color: inherit; accent-color: currentColor; cursor: pointer; }
    @media not (forced-colors: active) {
      input { appearance: none; background: none; }
      input::-webkit-slider-runnable-track { height: 5px; border-radius: 3px; background: linear-gradient(currentColor 0 0) 0 / calc(100% * var(--played, 0)) 100% no-repeat color-mix(in srgb, currentColor 25%, transparent); }
      input:dir(rtl)::-webkit-slider-runnable-track { background-position: right; }
      input::-webkit-slider-thumb { appearance: none; width: 17px; height: 17px; margin-top: -6px; border-radius: 50%; background: currentColor; }
      input::-moz-range-track { height: 5px; border-radius: 3px; background: color-mix(in srgb, currentColor 25%, transparent); }
      input::-moz-range-progress { height: 5px; border-radius: 3px; background: currentColor; }
      input::-moz-range-thumb { width: 17px; height: 17px; border: 0; border-radius: 50%; background: currentColor; }
    }
    p { margin: .5rem 0 0; font-size: .875rem; }
    p:empty { display: none; }
    .bar { display: none; position: fixed; inset: auto 0 0; z-index: 2147483000; width: 100%; max-width: none; padding: .5rem max(.75rem, calc(50% - 24rem)) calc(.5rem + env(safe-area-inset-bottom)); border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent); background: var(--paper, Canvas); }
    .bar.open { display: block; }
    .bar .row { flex-wrap: nowrap; gap: .375rem; }
    .name { flex: 1; min-width: 0; padding: 0 .25rem; border: 0; border-radius: 8px; text-align: start; }
    .name span { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    @media print { :host { display: none !important; } }`;
  const MARK = `
    ::highlight(${NAME}) { background-color: color-mix(in srgb, Highlight 36%, transparent); }
    @media (forced-colors: active) { ::highlight(${NAME}) { background-color: Mark; color: MarkText; } }
    @media print { ::highlight(${NAME}) { background-color: transparent; } }`;

  function sheetOf(text) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  }
  function make(name, attributes = {}, ...inner) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...inner);
    return element;
  }
  function icon(kind, path) {
    const space = "http://www.w3.org/2000/svg";
    const picture = document.createElementNS(space, "svg");
    picture.setAttribute("viewBox", "0 0 16 16");
    picture.setAttribute("class", kind);
    picture.setAttribute("aria-hidden", "true");
    const line = document.createElementNS(space, "path");
    line.setAttribute("d", path);
    picture.append(line);
    return picture;
  }
  function clock(seconds) {
    const two = (number) => String(Math.floor(number)).padStart(2, "0");
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor(seconds / 60) % 60;
    return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
  }
  const fill = (phrase, values) => phrase.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  async function get(url) {
    const answer = await fetch(url, { credentials: "omit" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  /** Whether this browser has all that more than a plain player is made of. */
  function able() {
    try {
      sheetOf("");
      return "adoptedStyleSheets" in document && Boolean(Array.prototype.findLast)
        && CSS.supports("color", "color-mix(in srgb, red, blue)");
    } catch { return false; }
  }

  class Listen {
    constructor(tag, base, slug) {
      this.slug = slug;
      this.source = tag.src;
      this.base = base;
      this.host = document.createElement("columncast-listen");
      this.root = this.host.attachShadow({ mode: "open" });
      this.place(tag);
    }

    place(tag) {
      this.tag = tag;
      if (tag.closest("head")) {
        const home = document.body?.querySelector("article, main") ?? document.body;
        if (home) home.prepend(this.host);
        else addEventListener("DOMContentLoaded", () => this.place(tag), { once: true });
      } else tag.after(this.host);
    }

    async start() {
      const index = new URL(`${encodeURIComponent(this.slug)}/listen.json`, this.base);
      const data = await get(index);
      this.data = data;
      this.index = index;
      const sound = new URL(data.audio, index);
      if (!/^https?:$/.test(sound.protocol)) throw new Error("no address of audio");
      this.host.lang = data.language ?? "";
      if (data.version > KNOWN || !data.say || !able()) this.plain(sound.href);
      else this.full(sound.href);
    }

    plain(sound) {
      const audio = make("audio", { controls: "", preload: "none", src: sound });
      audio.setAttribute("aria-label", this.data.title ?? "");
      this.root.replaceChildren(audio);
    }

    full(sound) {
      const { say, title, duration_s: length } = this.data;
      this.length = length;
      this.audio = new Audio(); // in no document: what renders the page anew does not stop it
      this.audio.preload = "none";
      this.audio.src = sound;
      this.waiting = null;
      this.sentences = [];
      this.spoken = [];
      this.lit = null;
      this.root.adoptedStyleSheets = [sheetOf(STYLE)];
      const button = (name, does, ...inner) => {
        const made = make("button", { type: "button" }, ...inner);
        if (name) made.setAttribute("aria-label", name);
        made.addEventListener("click", does);
        return made;
      };
      const number = (text) => make("span", { "aria-hidden": "true", dir: "ltr" }, text);
      const play = (label) => {
        const made = button(label ? "" : say.play, () => this.toggle(),
          icon("go", "M3 1.5v13L14.5 8z"), icon("stop", "M2.5 1.5h4v13h-4zm7 0h4v13h-4z"));
        made.className = "play";
        if (label) made.append(make("span", {}, label));
        return made;
      };
      const skips = () => [
        button(say.back, () => this.seek(this.now() - BACK_S), number("−15")),
        button(say.ahead, () => this.seek(this.now() + AHEAD_S), number("+30")),
      ].map((made) => { made.className = "skip"; return made; });
      this.begin = play(`${say.listen} · ${this.data.length}`);
      this.small = play();
      this.speed = make("select", { "aria-label": say.speed, dir: "ltr" },
        ...SPEEDS.map((speed) => make("option", { value: speed }, `${speed}×`)));
      this.speed.value = "1";
      this.speed.addEventListener("change", () => {
        this.audio.defaultPlaybackRate = this.audio.playbackRate = Number(this.speed.value);
      });
      this.slider = make("input", {
        type: "range", min: 0, max: length, step: "any", value: 0, "aria-label": say.position,
      });
      this.slider.addEventListener("input", () => this.seek(Number(this.slider.value)));
      this.time = make("span", { class: "time", dir: "ltr" });
      this.after = [...skips(), this.speed, make("div", { class: "row" }, this.slider, this.time)];
      for (const each of this.after) each.hidden = true; // until somebody plays
      this.said = make("p", { role: "status" });
      this.box = make("div", { class: "box", role: "group", "aria-label": title },
        make("div", { class: "row" }, this.begin, ...this.after.slice(0, -1)), this.after.at(-1),
        this.said);
      this.barTime = make("span", { class: "time", dir: "ltr" });
      const name = button("", () => this.show(), make("span", { dir: "auto" }, title), this.barTime);
      name.className = "name";
      name.title = say.to_place;
      const close = button(say.close, () => {
        this.audio.pause();
        this.closed = true;
        this.paintBar();
      }, number("×"));
      this.bar = make("div", { class: "bar", role: "region", "aria-label": say.bar },
        make("div", { class: "row" }, this.small, name, ...skips(), close));
      if (this.bar.showPopover) this.bar.setAttribute("popover", "manual"); // above all of the page
      this.root.replaceChildren(this.box, this.bar);
      if (this.data.direction) this.box.dir = this.bar.dir = this.data.direction;
      this.listen();
      this.paint();
    }

    listen() {
      const { audio } = this;
      for (const event of ["play", "pause", "seeked", "timeupdate", "ended", "ratechange"]) {
        audio.addEventListener(event, () => this.paint());
      }
      audio.addEventListener("loadedmetadata", () => {
        if (this.waiting !== null) audio.currentTime = this.waiting;
        this.waiting = null;
        this.length = Number.isFinite(audio.duration) ? audio.duration : this.length;
        this.paint();
      });
      audio.addEventListener("play", () => this.began());
      audio.addEventListener("playing", () => { this.said.textContent = ""; });
      audio.addEventListener("error", () => {
        this.said.textContent = this.data.say.failed;
        this.paint();
      });
      new IntersectionObserver(([{ isIntersecting }]) => {
        this.seen = isIntersecting;
        this.paintBar();
      }).observe(this.box);
      new MutationObserver(() => {
        if (!this.host.isConnected || this.started) this.check();
      }).observe(document, { childList: true, characterData: true, subtree: true });
      document.addEventListener("click", (event) => this.clicked(event));
      document.addEventListener("focusin", ({ target }) => this.uncover(target));
    }

    now() { return this.waiting ?? this.audio.currentTime; }

    seek(seconds) {
      const place = Math.min(Math.max(0, seconds), this.length);
      if (this.audio.readyState) this.audio.currentTime = place;
      else this.waiting = place;
      this.paint();
    }

    toggle() {
      if (this.audio.paused) this.play();
      else this.audio.pause();
    }

    play() {
      for (const other of instances.values()) if (other !== this) other.audio?.pause();
      if (this.audio.error) this.audio.load();
      this.audio.play().catch(() => {}); // refused, or broken: the event "error" tells that
    }

    began() {
      this.started = true;
      this.closed = false;
      for (const each of this.after) each.hidden = false;
      this.paper();
      this.paintBar();
      this.session();
      this.load();
    }

    load() {
      if (!this.data.sentences || !window.Highlight || !CSS.highlights) return null;
      this.loading ??= get(new URL(this.data.sentences, this.index)).then((data) => {
        if (data.version > KNOWN) return;
        this.sentences = data.sentences.map(([text, start, end]) => (
          { text, start: start / 100, end: end / 100, ranges: [] }
        ));
        this.spoken = [...this.sentences].sort((a, b) => a.start - b.start);
        document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheetOf(MARK)];
        this.search();
      }).catch(() => { this.loading = null; }); // the next play asks again
      return this.loading;
    }

    /** Find the sentences in the page as it is now. */
    search() {
      find(this.sentences, document.body);
      for (const each of this.sentences) each.shown = each.ranges.map(String).join();
      this.host.dataset.found = this.sentences.filter(({ ranges }) => ranges.length).length;
      this.lit = null;
      this.mark();
    }

    /** See, once the page has settled, whether the player and the marks are where they belong. */
    check() {
      this.waits ??= setTimeout(() => {
        this.waits = null;
        if (!this.host.isConnected) this.back();
        const moved = ({ ranges, shown }) => !ranges.length || ranges.map(String).join() !== shown;
        if (!this.sentences.some(moved)) return;
        const page = document.body.textContent;
        if (page === this.looked) return;
        this.looked = page;
        this.search();
      }, SETTLE_MS);
    }

    back() {
      const same = ({ src, dataset }) => src === this.source && dataset.episode === this.slug;
      const tag = [...document.scripts].find(same);
      if (tag) {
        this.place(tag);
        this.paintBar();
      } else {
        this.audio.pause(); // the reader has gone on to another page
        this.mark();
      }
    }

    paint() {
      const { say } = this.data;
      const values = { time: clock(this.now()), length: clock(this.length) };
      const playing = !this.audio.paused;
      this.slider.max = this.length;
      this.slider.value = this.now();
      this.slider.style.setProperty("--played", this.now() / this.length);
      this.slider.setAttribute("aria-valuetext", fill(say.position_of, values));
      this.time.textContent = this.barTime.textContent = `${values.time} / ${values.length}`;
      for (const each of [this.begin, this.small]) each.classList.toggle("playing", playing);
      this.small.setAttribute("aria-label", playing ? say.pause : say.play);
      if (this.started) this.begin.lastChild.textContent = playing ? say.pause : say.play;
      this.mark();
    }

    paintBar() {
      const open = Boolean(this.started && !this.seen && !this.closed && this.host.isConnected);
      this.bar.classList.toggle("open", open);
      if (!this.bar.popover) return;
      if (open !== this.bar.matches(":popover-open")) this.bar.togglePopover(open);
    }

    /** Give the bar the colour on which the article stands. */
    paper() {
      for (let node = this.host; node; node = node.parentElement) {
        const colour = getComputedStyle(node).backgroundColor;
        if (!/^rgba\(.*, ?0(\.\d+)?\)$|transparent/.test(colour)) {
          this.bar.style.setProperty("--paper", colour);
          return;
        }
      }
    }

    /** Scroll what has the focus out from under the bar. */
    uncover(target) {
      if (!this.bar.classList.contains("open") || this.host.contains(target)) return;
      const over = target.getBoundingClientRect().bottom - this.bar.getBoundingClientRect().top;
      if (over > 0) scrollBy({ top: over + 16, behavior: "instant" });
    }

    mark() {
      if (!this.spoken.length) return;
      const time = this.now() + 0.01;
      const last = this.host.isConnected && this.spoken.findLast(({ start }) => start <= time);
      const heard = last && time < last.end + PAUSE_S ? last : null;
      if (heard === this.lit) return;
      this.lit = heard;
      if (heard?.ranges.length) CSS.highlights.set(NAME, new Highlight(...heard.ranges));
      else CSS.highlights.delete(NAME);
    }

    show() {
      const range = this.lit?.ranges[0];
      if (!range) {
        this.host.scrollIntoView({ block: "center" });
        return;
      }
      scrollBy({ top: range.getBoundingClientRect().top - innerHeight / 3 });
    }

    clicked(event) {
      const { target, clientX: x, clientY: y, button } = event;
      if (!this.started || this.closed || event.defaultPrevented || button || event.detail > 1) return;
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (getSelection()?.isCollapsed === false) return;
      if (target.closest?.(
        "a, button, summary, label, input, select, textarea, video, audio, columncast-listen, "
        + "[onclick], [role=button], [contenteditable], [tabindex]:not([tabindex='-1'])",
      )) return;
      const hit = (box) => x >= box.left && x <= box.right && y >= box.top - 4 && y <= box.bottom + 4;
      const sentence = this.sentences.find(({ ranges }) => (
        ranges.some((range) => [...range.getClientRects()].some(hit))
      ));
      if (!sentence) return;
      this.seek(sentence.start);
      this.play();
    }

    session() {
      const media = navigator.mediaSession;
      if (!media || !window.MediaMetadata) return;
      const { title, show } = this.data;
      media.metadata = new MediaMetadata({ title, album: show });
      const act = {
        play: () => this.play(),
        pause: () => this.audio.pause(),
        seekbackward: () => this.seek(this.now() - BACK_S),
        seekforward: () => this.seek(this.now() + AHEAD_S),
      };
      for (const name of Object.keys(act)) {
        try { media.setActionHandler(name, act[name]); } catch { /* not known to this browser */ }
      }
    }
  }

  const tag = document.currentScript?.dataset.episode
    ? document.currentScript
    : document.querySelector('script[data-episode][src*="/listen.js"]'); // moved by an optimizer
  if (!tag?.dataset.episode || !Element.prototype.attachShadow) return;
  const slug = tag.dataset.episode;
  const key = new URL(encodeURIComponent(slug), tag.src).href;
  const instances = (window.columncastListen ??= new Map());
  const known = instances.get(key);
  if (known) {
    if (!known.host.isConnected) known.place(tag); // the page was rendered anew, and ran its tag again
    return;
  }
  const listen = new Listen(tag, tag.src, slug);
  instances.set(key, listen);
  listen.start().catch(() => {
    listen.host.remove(); // nothing can be played: the page stays as it would be without the tag
    instances.delete(key);
  });
})();
