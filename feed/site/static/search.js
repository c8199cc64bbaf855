// Searches the show: loads nothing before somebody searches, then the words it needs and no more.
"use strict";
(() => {
  const form = document.querySelector("[data-search]");
  const list = document.querySelector("[data-list]");
  const found = document.querySelector("[data-found]");
  const [status, results, more] = found.children;
  const field = form.querySelector("input");
  const say = form.dataset;
  const AT_ONCE = 10;
  const SOON_MS = 250;
  const SCORES = [1, 3, 20]; // in the text, often in the text, in the title
  const UNSPACED = "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff";
  const RUN = new RegExp(`^[${UNSPACED}]`);
  const RUNS = new RegExp(`[${UNSPACED}]+|[^${UNSPACED}]+`, "g");
  const MARKS = /[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670]/g;
  const files = new Map();
  let asked = 0; // the newest query: answers to earlier ones are dropped
  let timer = 0;

  const fold = (text) => text.normalize("NFKD").toLowerCase().replaceAll("ß", "ss").replace(MARKS, "");
  function* wordsOf(text) {
    for (const [word] of fold(text).matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
      for (const [run] of word.matchAll(RUNS)) {
        if (run.length > 1 && RUN.test(run)) {
          for (let at = 0; at + 1 < run.length; at++) yield run.slice(at, at + 2);
        } else yield run;
      }
    }
  }

  // Words that begin alike have this number in common, and with it their file.
  function place(word) {
    const [first, second] = [...word].map((sign) => sign.codePointAt(0));
    return RUN.test(word) ? first : first * 31 + (second ?? 0);
  }

  function load(name) {
    if (!files.has(name)) {
      const file = fetch(name).then((answer) => {
        if (!answer.ok) throw new Error(answer.status);
        return name.endsWith(".json") ? answer.json() : answer.text();
      });
      file.catch(() => files.delete(name)); // another try asks again
      files.set(name, file);
    }
    return files.get(name);
  }

  // Episodes of one year that have every word, with how well they fit.
  async function inYear([lines, parts], words) {
    let scores = null;
    for (const word of words) {
      const part = parts[place(word) % parts.length];
      const index = part ? await load(part) : {};
      const here = new Map();
      for (const [known, steps] of Object.entries(index)) {
        if (!known.startsWith(word)) continue;
        let number = 0;
        for (const step of steps) {
          number += step;
          const episode = Math.floor(number / 3);
          const score = SCORES[number % 3] * (known === word ? 2 : 1);
          here.set(episode, Math.max(score, here.get(episode) ?? 0));
        }
      }
      const before = scores;
      scores = new Map([...here].filter(([episode]) => !before || before.has(episode))
        .map(([episode, score]) => [episode, score + (before?.get(episode) ?? 0)]));
      if (!scores.size) return [];
    }
    const all = await load(lines);
    return [...scores].sort((a, b) => a[0] - b[0]).map(([at, score]) => ({ score, line: all[at] }));
  }

  function element(name, className, text = "") {
    const made = document.createElement(name);
    made.className = className;
    made.dir = "auto";
    made.textContent = text;
    return made;
  }

  // The first words of a transcript that were looked for, with a link to that moment.
  async function passage(item, [slug, , , , transcript], words) {
    if (!transcript) return;
    const text = await load(`${slug}/${transcript}`);
    for (const cue of text.split(/\r?\n\r?\n/)) {
      const time = /^(?:(\d+):)?(\d\d):(\d\d)\.\d+ +-->.*\r?\n([^]*)/m.exec(cue);
      if (!time) continue;
      const said = time[4].replace(/<[^>]*>/g, "").replace(/\s+/g, " ").trim();
      const heard = [...wordsOf(said)];
      if (!words.some((word) => heard.some((one) => one.startsWith(word)))) continue;
      const [hours, minutes, seconds] = time.slice(1, 4).map((part) => Number(part ?? 0));
      const start = hours * 3600 + minutes * 60 + seconds;
      const link = element("a", "moment", `${hours ? `${hours}:` : ""}${hours ? time[2] : minutes}:${time[3]}`);
      link.href = `${slug}/index.html#t=${start}`;
      const line = element("p", "summary passage");
      const quote = element("q", "");
      for (const piece of said.split(/(\s+)/)) {
        const hit = [...wordsOf(piece)].some((one) => words.some((word) => one.startsWith(word)));
        quote.append(hit ? element("mark", "", piece) : piece);
      }
      line.append(link, " ", quote);
      item.append(line);
      return;
    }
  }

  function show(hits, words, from) {
    for (const { line } of hits.slice(from, from + AT_ONCE)) {
      const [slug, name, meta, summary] = line;
      const item = document.createElement("li");
      const title = element("a", "title", name);
      title.href = `${slug}/index.html`;
      const box = document.createElement("div");
      box.append(element("p", "meta", meta), title);
      if (summary) box.append(element("p", "summary", summary));
      item.append(box);
      results.append(item);
      passage(box, line, words).catch(() => {}); // the result stands without it
    }
    const shown = from + AT_ONCE;
    more.hidden = hits.length <= shown;
    more.onclick = () => {
      show(hits, words, shown);
      results.children[shown].querySelector("a").focus();
    };
  }

  async function search() {
    const query = field.value.trim();
    const words = [...new Set(wordsOf(query))];
    const turn = ++asked;
    const address = new URL(location.href);
    if (query) address.searchParams.set("q", query);
    else address.searchParams.delete("q");
    history.replaceState(history.state, "", address);
    list.hidden = words.length > 0;
    found.hidden = !words.length;
    if (!words.length) return;
    try {
      const years = await load(say.search);
      const hits = (await Promise.all(years.map((year) => inYear(year, words)))).flat();
      if (turn !== asked) return;
      hits.sort((a, b) => b.score - a.score); // stable: the newest first among equals
      results.replaceChildren();
      const count = new Intl.NumberFormat(document.documentElement.lang).format(hits.length);
      status.textContent = hits.length ? say.count.replace("{count}", count)
        : say.none.replace("{words}", query);
      show(hits, words, 0);
    } catch {
      if (turn !== asked) return;
      results.replaceChildren();
      more.hidden = true;
      status.textContent = say.failed;
    }
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    search();
  });
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, SOON_MS);
  });
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  if (field.value) search();
})();
