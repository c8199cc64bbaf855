// Lights up the words of a column as they are spoken, and plays from the word that is clicked.
// Depends on nothing. Without it the page is the text with links to its times.
(() => {
  "use strict";

  const FOLLOW_PAUSE_MS = 4000; // a reader who scrolls is left alone for this long
  const SENTENCE_GAP_S = 0.05;

  document.querySelectorAll("[data-readalong]").forEach(start);

  function start(root) {
    const audio = document.querySelector("audio");
    const text = root.querySelector(".ra-text");
    const words = [...root.querySelectorAll(".ra-word")].map((element) => ({
      element,
      start: Number(element.dataset.s),
      end: Number(element.dataset.e),
      sentence: element.dataset.n,
    }));
    if (!audio || !words.length) return;

    const sentences = new Map(); // number -> its word elements
    for (const word of words) {
      if (!sentences.has(word.sentence)) sentences.set(word.sentence, []);
      sentences.get(word.sentence).push(word);
    }
    const inTime = [...words].sort((a, b) => a.start - b.start);
    const starts = [...sentences.values()].map((own) => own[0].start).sort((a, b) => a - b);
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
    let lit = null;
    let current = null;
    let stopAt = Infinity;
    let scrolledAt = -FOLLOW_PAUSE_MS;
    let frame = 0;

    root.classList.add("ra-live");
    root.querySelector(".ra-hint")?.removeAttribute("hidden");

    function wordAt(time) {
      let low = 0;
      let high = inTime.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (inTime[middle].start <= time) low = middle;
        else high = middle - 1;
      }
      return inTime[low].start <= time ? inTime[low] : null;
    }

    function show() {
      const time = audio.currentTime;
      const word = wordAt(time);
      const spoken = word && time < word.end ? word : null;
      if (spoken !== lit) {
        mark(lit, "ra-on", false);
        mark(spoken, "ra-on", true);
        lit = spoken;
      }
      const last = word && sentences.get(word.sentence).reduce((a, b) => (b.end > a ? b.end : a), 0);
      const sentence = word && time < last ? word.sentence : null;
      if (sentence !== current) {
        for (const each of sentences.get(current) ?? []) each.element.classList.remove("ra-now");
        for (const each of sentences.get(sentence) ?? []) each.element.classList.add("ra-now");
        current = sentence;
        if (sentence !== null && !audio.paused) follow(sentences.get(sentence)[0].element);
      }
      if (time >= stopAt) {
        audio.pause();
        stopAt = Infinity;
      }
    }

    // Words that markup cut in two light up together.
    function mark(word, name, on) {
      if (!word) return;
      for (const each of sentences.get(word.sentence)) {
        if (each.start === word.start) each.element.classList.toggle(name, on);
      }
    }

    function follow(element) {
      if (performance.now() - scrolledAt < FOLLOW_PAUSE_MS) return;
      const box = element.getBoundingClientRect();
      if (box.top >= 0 && box.bottom <= window.innerHeight * 0.85) return;
      element.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
    }

    function tick() {
      show();
      frame = audio.paused ? 0 : requestAnimationFrame(tick);
    }

    function playFrom(time, until = Infinity) {
      stopAt = until;
      audio.currentTime = time;
      show();
      audio.play()?.catch(() => {}); // refused until the reader has touched the page
    }

    function step(direction) {
      const now = audio.currentTime;
      const next = direction > 0
        ? starts.find((time) => time > now + SENTENCE_GAP_S)
        : starts.findLast((time) => time < now - 1) ?? starts[0];
      if (next !== undefined) playFrom(next);
    }

    root.addEventListener("click", (event) => {
      const link = event.target.closest("a[href*='#t=']");
      if (link) {
        const [from, until] = link.hash.slice(3).split(",").map(Number);
        if (Number.isNaN(from)) return;
        event.preventDefault();
        playFrom(from, until);
        return;
      }
      const word = event.target.closest(".ra-word");
      if (word && !event.target.closest("a") && !String(window.getSelection())) {
        playFrom(Number(word.dataset.s));
      }
    });

    text.addEventListener("keydown", (event) => {
      if (event.target !== text || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === " ") audio.paused ? playFrom(audio.currentTime) : audio.pause();
      else if (event.key === "ArrowRight") step(1);
      else if (event.key === "ArrowLeft") step(-1);
      else return;
      event.preventDefault();
    });

    for (const name of ["wheel", "touchmove"]) {
      window.addEventListener(name, () => { scrolledAt = performance.now(); }, { passive: true });
    }
    audio.addEventListener("play", () => { frame ||= requestAnimationFrame(tick); });
    audio.addEventListener("seeked", show);
    audio.addEventListener("timeupdate", show); // a hidden tab gets no animation frames

    const asked = /^#t=([\d.]+)/.exec(window.location.hash);
    if (asked) {
      const seek = () => { audio.currentTime = Number(asked[1]); show(); };
      if (audio.readyState > 0) seek();
      else {
        audio.addEventListener("loadedmetadata", seek, { once: true });
        audio.preload = "metadata";
      }
    }
  }
})();
