// The page hears of saves: one page of the show listens for all that are open.

import { $, live, slug } from "./dom.js";
import { refresh } from "./parts.js";

function sayState(state, text) {
  const light = $("#live");
  light.dataset.state = state;
  const said = $("[data-said]", light);
  if (said.textContent !== text) said.textContent = text;
}

function listen() {
  const news = new BroadcastChannel("columncast-preview");
  let stale = false;
  const hear = (slugs) => {
    if (!slugs.includes("*") && slug && !slugs.includes(slug)) return;
    if (document.hidden) stale = true; else refresh();
  };
  news.onmessage = ({ data }) => {
    if (data.slugs) hear(data.slugs);
    if (data.state) sayState(data.state, data.text);
  };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && stale) { stale = false; refresh(); }
  });
  const tell = (message) => { news.postMessage(message); news.onmessage({ data: message }); };
  // A browser opens six connections to a server at most, so one page of this show listens for all.
  navigator.locks.request("columncast-preview", () => new Promise(() => {
    const events = new EventSource("/events");
    events.onopen = () => tell({ state: "on", text: "Connected" });
    events.onmessage = ({ data }) => tell({ slugs: JSON.parse(data) });
    events.onerror = () => {
      tell({ state: "off", text: "The preview has stopped; run columncast preview again" });
      if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 2000);
    };
  }));
  sayState("on", "Connected");
}

if (live) listen();
