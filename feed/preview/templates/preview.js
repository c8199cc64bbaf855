// The preview's page: parts are replaced as files are saved, the player goes on playing.
// It also works in an exported file, where nothing is live.

const live = "live" in document.body.dataset;
const slug = document.body.dataset.slug;
const $ = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// --- saves arrive -------------------------------------------------------------------------

let stale = false;
let fetching = null;
let again = false;

function say(state, text) {
  const light = $("#live");
  light.dataset.state = state;
  const said = $("[data-said]", light);
  if (said.textContent !== text) said.textContent = text;
}

// Saves that arrive while one is being shown are shown together, after it.
function refresh() {
  if (fetching) { again = true; return fetching; }
  fetching = show().finally(() => {
    fetching = null;
    if (again) { again = false; refresh(); }
  });
  return fetching;
}

async function show() {
  let text;
  try {
    text = await (await fetch(location.pathname, { cache: "no-cache" })).text();
  } catch {
    return; // the server went away; the events say so
  }
  const next = new DOMParser().parseFromString(text, "text/html");
  const changed = all("[data-part]", next).filter((part) => {
    const old = $(`[data-part="${part.dataset.part}"]`);
    return !old || old.dataset.hash !== part.dataset.hash;
  });
  if (changed.some((part) => !$(`[data-part="${part.dataset.part}"]`))) return location.reload();
  if (!changed.length) return;
  document.title = next.title;
  keepingPlace(() => changed.forEach(replace));
  mark();
}

function replace(part) {
  const old = $(`[data-part="${part.dataset.part}"]`);
  if (part.dataset.part === "editor" && unsaved()) return; // what is being typed is not lost
  const opened = all("details[open]", old).map((one) => one.id);
  const scrolled = all("[data-scroll]", old).map((one) => [one.dataset.scroll, one.scrollTop, one.scrollLeft]);
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
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
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
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
  const after = name && $(`[data-part="${name}"]`)?.getBoundingClientRect().top;
  if (name && window.scrollY > 0 && after !== before) window.scrollBy(0, after - before);
}

function listen() {
  const news = new BroadcastChannel("columncast-preview");
  const hear = (slugs) => {
    if (!slugs.includes("*") && slug && !slugs.includes(slug)) return;
    if (document.hidden) stale = true; else refresh();
  };
  news.onmessage = ({ data }) => {
    if (data.slugs) hear(data.slugs);
    if (data.state) say(data.state, data.text);
  };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && stale) { stale = false; refresh(); }
  });
  const tell = (message) => { news.postMessage(message); news.onmessage({ data: message }); };
  // A browser opens six connections to a server at most, so one page of this show listens for all.
  navigator.locks.request("columncast-preview", () => new Promise(() => {
    const events = new EventSource("/events");
    events.onopen = () => tell({ state: "on", text: "Live" });
    events.onmessage = ({ data }) => tell({ slugs: JSON.parse(data) });
    events.onerror = () => {
      tell({ state: "off", text: "The preview has stopped; run columncast preview again" });
      if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 2000);
    };
  }));
  say("on", "Live");
}

// --- the player ---------------------------------------------------------------------------

const player = () => $("#audio");

function seek(seconds) {
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

// --- clicks -------------------------------------------------------------------------------

document.addEventListener("click", async (event) => {
  const time = event.target.closest("[data-seek]");
  const timeline = event.target.closest(".timeline");
  const copy = event.target.closest("[data-copy]");
  const choice = event.target.closest("[data-choice]");
  if (time && player()) {
    event.preventDefault();
    seek(time.dataset.seek);
  } else if (timeline) {
    const box = timeline.getBoundingClientRect();
    seek(((event.clientX - box.left) / box.width) * Number(timeline.dataset.duration));
  } else if (copy) {
    await navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).textContent);
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy"; }, 1500);
  } else if (choice) {
    choose(choice.dataset.choice);
  }
});

// --- the editor's fields ------------------------------------------------------------------

const form = () => $("#facts");

function unsaved() {
  return Boolean(form()) && [...form().elements].some((one) => {
    if (one.type === "checkbox") return one.checked !== one.defaultChecked;
    return "defaultValue" in one && one.value !== one.defaultValue;
  });
}

function told(text, kind = "") {
  const said = $("[data-said]", form());
  said.className = `said ${kind}`;
  said.textContent = text;
  return said;
}

async function save() {
  const fields = new URLSearchParams(new FormData(form()));
  fields.set("basis", form().dataset.basis);
  let answer;
  let said;
  try {
    answer = await fetch(form().action, { method: "POST", body: fields });
    said = await answer.json();
  } catch {
    return told("Not saved: the preview does not answer.", "error");
  }
  if (answer.status === 409) return conflict(said.error);
  if (!answer.ok) return told(`Not saved: ${said.error}`, "error");
  settle();
  await refresh();
  told(said.changed.length ? "Saved." : "Nothing to save.", "good");
}

// What was sent is what the file says now; the next look at it brings the rest.
function settle() {
  for (const one of form().elements) {
    if (one.type === "checkbox") one.defaultChecked = one.checked;
    else if ("defaultValue" in one) one.defaultValue = one.value;
  }
}

function conflict(text) {
  const said = told(`Not saved: ${text}.`, "error");
  for (const [choice, name] of [["theirs", "Show what the file says"], ["mine", "Save mine all the same"]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.choice = choice;
    button.textContent = name;
    said.append(" ", button);
  }
  $("button", said).focus();
}

async function choose(choice) {
  const text = await (await fetch(location.pathname, { cache: "no-cache" })).text();
  const next = $('[data-part="editor"]', new DOMParser().parseFromString(text, "text/html"));
  if (choice === "mine") {
    form().dataset.basis = $("#facts", next).dataset.basis;
    return save();
  }
  form().reset();
  replace(next);
  told("This is what the file says.", "good");
  $("#hook").focus();
}

if (live) {
  document.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (event.target === form()) return save();
    const button = $("button", event.target);
    button.disabled = true;
    await fetch(event.target.action, { method: "POST" }).catch(() => {});
    button.disabled = false;
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s" && form()) {
      event.preventDefault();
      form().requestSubmit();
    }
  });
  document.addEventListener("input", (event) => {
    if (event.target.form === form()) told(unsaved() ? "Not saved yet." : "");
  });
  window.addEventListener("beforeunload", (event) => { if (unsaved()) event.preventDefault(); });
  listen();
}
mark();
