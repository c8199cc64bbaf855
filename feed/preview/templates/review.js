// A colleague's remarks on an exported page: kept in the browser, sent back as one small file.

import { $, all } from "./dom.js";
import { player, seek } from "./player.js";

const about = JSON.parse($("#review-data").textContent);
const shelf = `columncast-review-${about.guid}`;
const box = $("#remark");
let remarks = [];
let editing = null; // the remark that the dialog changes; null for a new one
let place = null; // what a new remark is about

const clockOf = (seconds) => {
  const whole = Math.floor(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
};

// Where the recording is when the audio file is at *seconds*: pairs of both, straight in between.
function recorded(seconds) {
  const points = about.times;
  let at = 0;
  while (at + 1 < points.length && points[at + 1][0] <= seconds) at += 1;
  const [heard, there] = points[at];
  const next = points[at + 1];
  const rate = next && next[0] > heard ? (next[1] - there) / (next[0] - heard) : 1;
  return Math.max(0, Math.round((there + (seconds - heard) * rate) * 1000) / 1000);
}

// --- kept ---------------------------------------------------------------------------------

function keep() {
  const kept = { remarks, name: $("#reviewer").value, approves: $("#approves").checked };
  try {
    localStorage.setItem(shelf, JSON.stringify({ ...kept, of: about.approves }));
  } catch {
    $("#forgets").hidden = false;
  }
}

function restore() {
  try {
    const kept = JSON.parse(localStorage.getItem(shelf) ?? "{}");
    if (Array.isArray(kept.remarks)) remarks = kept.remarks.filter((one) => typeof one?.text === "string");
    $("#reviewer").value = typeof kept.name === "string" ? kept.name : "";
    // An approval holds for the state that it was given for, and for no other export.
    $("#approves").checked = Boolean(about.approves) && kept.approves === true && JSON.stringify(kept.of) === JSON.stringify(about.approves);
    localStorage.setItem(shelf, localStorage.getItem(shelf) ?? "{}");
  } catch {
    $("#forgets").hidden = false;
  }
}

window.addEventListener("beforeunload", (event) => {
  if (!$("#forgets").hidden && remarks.length) event.preventDefault();
});

// --- the list -----------------------------------------------------------------------------

function made(name, text, ...inside) {
  const one = document.createElement(name);
  one.textContent = text;
  one.append(...inside);
  return one;
}

function button(text, label, act) {
  const one = made("button", text);
  one.type = "button";
  one.setAttribute("aria-label", label);
  one.addEventListener("click", act);
  return one;
}

const whereOf = (remark) => [
  ...(remark.heard_s === undefined ? [] : [clockOf(remark.heard_s)]),
  ...(remark.sentence ? [`“${remark.sentence}”`] : []),
].join(" · ") || "On the whole";

function list() {
  $("#none-yet").hidden = remarks.length > 0;
  $("#remarks").replaceChildren(...remarks.map((remark, at) => {
    const where = made("p", whereOf(remark));
    where.className = "small";
    const text = made("p", remark.text);
    where.dir = text.dir = "auto";
    const row = made("p", "",
      button("Change", `Change remark ${at + 1}`, () => open({ remark })),
      " ",
      button("Remove", `Remove remark ${at + 1}`, () => {
        remarks = remarks.filter((one) => one !== remark);
        keep();
        list();
        say(`Remark ${at + 1} is removed.`);
        $("#remark-whole").focus();
      }));
    row.className = "buttons";
    return made("li", "", where, text, row);
  }));
  const told = new Set(remarks.map((one) => one.sentence));
  all(".said").forEach((one) => one.classList.toggle("remarked", told.has(one.textContent)));
}

function say(text, kind = "") {
  $("#sent").className = `said-line ${kind}`;
  $("#sent").textContent = text;
}

// --- the dialog ---------------------------------------------------------------------------

function open({ remark = null, sentences = [], chosen = null, heard = null }) {
  editing = remark;
  place = { heard };
  const choice = $("#remark-choice");
  choice.hidden = sentences.length < 2;
  $("div", choice).replaceChildren(...sentences.map((one, at) => {
    const radio = document.createElement("input");
    radio.type = "radio";
    radio.name = "sentence";
    radio.value = one.id;
    radio.checked = chosen ? one === chosen : at === 0;
    const label = made("label", "", radio, made("span", one.textContent));
    label.dir = "auto";
    return label;
  }));
  const only = remark ? whereOf(remark) : heard !== null ? `At ${clockOf(heard)}`
    : sentences.length === 1 ? `“${sentences[0].textContent}”`
      : sentences.length ? "" : "On the whole episode";
  $("#remark-where").textContent = only;
  $("#remark-where").hidden = !only;
  place.sentences = sentences;
  $("#remark-text").value = remark?.text ?? "";
  $("#remark-play").hidden = !player() || !sentences.some((one) => one.dataset.start);
  box.showModal();
  $("#remark-text").focus();
}

function chosenSentence() {
  const radio = $("#remark-choice input:checked");
  return radio ? document.getElementById(radio.value) : place.sentences[0];
}

$("#remark-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("#remark-text").value.trim();
  if (!text) return;
  if (editing) {
    editing.text = text;
  } else {
    const about_ = place.heard === null ? chosenSentence() : spoken(place.heard);
    const heard = place.heard ?? (about_?.dataset.start === undefined ? null : Number(about_.dataset.start));
    const remark = { text };
    if (about_) remark.sentence = about_.textContent;
    if (heard !== null) Object.assign(remark, { heard_s: heard, at_s: recorded(heard) });
    remarks.push(remark);
  }
  keep();
  list();
  box.close();
  say(editing ? "The remark is changed." : `${remarks.length === 1 ? "1 remark is" : `${remarks.length} remarks are`} kept. When you are done, send the review back.`);
});
$("#remark-cancel").addEventListener("click", () => box.close());
$("#remark-play").addEventListener("click", () => {
  const one = chosenSentence();
  if (one?.dataset.start) seek(one.dataset.start);
});

document.addEventListener("click", (event) => {
  const said = event.target.closest(".said");
  const passage = event.target.closest(".remark-on");
  if (said && String(getSelection()) === "") {
    open({ sentences: all(".said", said.closest(".passage")), chosen: said });
  } else if (passage) {
    open({ sentences: all(".said", document.getElementById(passage.dataset.passage)) });
  }
});
$("#remark-whole").addEventListener("click", () => open({}));
$("#remark-now")?.addEventListener("click", () => open({ heard: player().currentTime }));

// --- what is being read -------------------------------------------------------------------

const spoken = (seconds) => all(".said[data-start]").filter((one) => Number(one.dataset.start) <= seconds + 0.05).pop();

document.addEventListener("timeupdate", () => {
  const at = player().currentTime;
  $("#clock").textContent = clockOf(at);
  const now = spoken(at);
  const heard = now && at < Number(now.dataset.end) + 0.3 ? now : null;
  all(".said[aria-current]").filter((one) => one !== heard).forEach((one) => one.removeAttribute("aria-current"));
  heard?.setAttribute("aria-current", "true");
}, true);

// --- sent back ----------------------------------------------------------------------------

function review() {
  const name = $("#reviewer").value.trim();
  if (!name) {
    say("Write your name first.", "error");
    $("#reviewer").focus();
    return null;
  }
  if (!remarks.length && !$("#approves").checked) {
    say("There is nothing to send yet: no remark, and no approval.", "error");
    return null;
  }
  const told = remarks.map(({ text, sentence, at_s }) => ({ text, sentence, at_s }));
  return {
    columncast_review: about.version,
    guid: about.guid,
    title: about.title,
    name,
    sent: new Date().toISOString(),
    remarks: told,
    approves: $("#approves").checked ? about.approves : null,
  };
}

$("#download").addEventListener("click", () => {
  const sent = review();
  if (!sent) return;
  const link = document.createElement("a");
  const who = sent.name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "review";
  link.download = `review-${about.slug}-${who}.json`;
  link.href = URL.createObjectURL(new Blob([JSON.stringify(sent, null, 1)], { type: "application/json" }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  say(`${link.download} is in your downloads. Send it back as an attachment.`, "good");
});

// A mail app may wrap lines, quote them and set other quotation marks: so in plain letters.
function asText(sent) {
  const bytes = new TextEncoder().encode(JSON.stringify(sent));
  const packed = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const told = remarks.map((remark) => `${whereOf(remark)}\n${remark.text}\n`);
  return [
    `${sent.name} on “${about.title}”${sent.approves ? ": approved" : ""}`, "",
    ...told,
    "Please leave the lines below as they are: columncast reads them.",
    about.begin, ...packed.match(/.{1,64}/g), about.end, "",
  ].join("\n");
}

$("#copy-text").addEventListener("click", async () => {
  const sent = review();
  if (!sent) return;
  const text = $("#text-to-copy");
  text.value = asText(sent);
  try {
    await navigator.clipboard.writeText(text.value);
    say("Copied. Paste it into your e-mail.", "good");
  } catch {
    $("#as-text").hidden = false;
    text.focus();
    text.select();
    say("Copy the text below into your e-mail.");
  }
});

$("#approving").hidden = !about.approves;
for (const id of ["#reviewer", "#approves"]) $(id).addEventListener("input", keep);
restore();
list();
