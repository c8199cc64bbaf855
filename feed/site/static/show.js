// The show's page: plays an episode where it is listed, with the browser's own controls below.
"use strict";
(() => {
  const list = document.querySelector("[data-list]");
  const bar = document.querySelector("[data-bar]");
  const [title, audio] = bar.children;
  const TO_SAVE_S = 5;
  let playing = null; // the button of the episode in the bar
  let saved = 0;

  // The place in an episode is kept under the name that its own page keeps it under.
  const key = () => `columncast at ${new URL(title.href).pathname.replace(/index\.html$/, "")}`;
  function recall() {
    try { return Number(localStorage.getItem(key())); } catch { return 0; }
  }
  function remember() {
    saved = audio.currentTime;
    const nothing = saved < TO_SAVE_S || saved > audio.duration - TO_SAVE_S;
    try {
      if (nothing) localStorage.removeItem(key());
      else localStorage.setItem(key(), saved.toFixed(1));
    } catch { /* where storage is missing or blocked, nothing is remembered */ }
  }

  function show() {
    if (!playing) return;
    playing.classList.toggle("playing", !audio.paused);
    playing.setAttribute("aria-pressed", String(!audio.paused));
  }

  function toggle(button) {
    if (button === playing) return audio.paused ? audio.play() : audio.pause();
    if (playing) {
      if (audio.currentTime) remember();
      playing.classList.remove("playing");
      playing.setAttribute("aria-pressed", "false");
    }
    playing = button;
    const link = button.parentNode.querySelector(".title");
    title.href = link.href;
    title.textContent = link.textContent;
    saved = recall();
    audio.src = button.dataset.src + (saved ? `#t=${saved}` : "");
    bar.hidden = false;
    document.documentElement.classList.add("with-bar");
    return audio.play();
  }

  // A link to the sound becomes a button that plays it here.
  for (const link of list.querySelectorAll("a.play")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "play";
    button.dataset.src = link.href;
    button.setAttribute("aria-label", link.getAttribute("aria-label"));
    button.setAttribute("aria-pressed", "false");
    button.append(...link.childNodes);
    link.replaceWith(button);
  }
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button.play");
    // The controls below say by themselves why a sound cannot be played.
    if (button) Promise.resolve(toggle(button)).catch(() => {});
  });

  for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, show);
  audio.addEventListener("pause", remember);
  audio.addEventListener("timeupdate", () => {
    if (!audio.paused && Math.abs(audio.currentTime - saved) >= TO_SAVE_S) remember();
  });
  addEventListener("pagehide", () => { if (playing && audio.currentTime) remember(); });
})();
