// The player in a frame of another site. It keeps nothing and asks nobody: in a sandbox there is no
// storage anyway. Without it the frame has the browser's own player.
(() => {
  "use strict";

  const one = (name) => document.querySelector(`[data-${name}]`);
  const root = one("player");
  const audio = root.querySelector("audio");
  const [toggle, slider, speed] = ["toggle", "slider", "speed"].map(one);
  const say = root.dataset;
  let waiting = Number(/^#t=(\d+(\.\d+)?)/.exec(location.hash)?.[1] ?? 0);

  function clock(seconds) {
    const two = (number) => String(Math.floor(number)).padStart(2, "0");
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor(seconds / 60) % 60;
    return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
  }
  const length = () => (Number.isFinite(audio.duration) ? audio.duration : Number(say.length));
  const now = () => (audio.readyState ? audio.currentTime : waiting);
  function seek(seconds) {
    waiting = Math.min(Math.max(0, seconds), length());
    if (audio.readyState) audio.currentTime = waiting;
    paint();
  }
  function paint() {
    const time = clock(now());
    slider.max = length();
    slider.value = now();
    slider.setAttribute(
      "aria-valuetext",
      say.positionOf.replace("{time}", time).replace("{length}", clock(length())),
    );
    one("time").textContent = time;
    toggle.setAttribute("aria-label", audio.paused ? say.play : say.pause);
    toggle.classList.toggle("playing", !audio.paused);
  }
  function session() {
    try {
      navigator.mediaSession.metadata = new MediaMetadata({
        title: say.title,
        artist: say.artist,
        album: say.album,
        artwork: [{ src: one("picture").src, type: "image/webp" }],
      });
      navigator.mediaSession.setActionHandler("seekbackward", () => seek(now() - 15));
      navigator.mediaSession.setActionHandler("seekforward", () => seek(now() + 30));
    } catch { /* not known to this browser */ }
  }

  toggle.addEventListener("click", () => {
    if (audio.paused) audio.play()?.catch(() => {}); // the event "error" says why
    else audio.pause();
  });
  for (const each of document.querySelectorAll("[data-skip]")) {
    each.addEventListener("click", () => seek(now() + Number(each.dataset.skip)));
  }
  slider.addEventListener("input", () => seek(Number(slider.value)));
  speed.addEventListener("change", () => {
    audio.defaultPlaybackRate = audio.playbackRate = Number(speed.value);
  });
  const events = {
    play() {
      one("status").textContent = "";
      session();
      paint();
    },
    pause: paint,
    timeupdate: paint,
    loadedmetadata() {
      if (waiting) audio.currentTime = waiting;
      paint();
    },
    error() {
      one("status").textContent = say.failed;
      paint();
    },
  };
  for (const [name, act] of Object.entries(events)) audio.addEventListener(name, act);
  paint();
  audio.controls = false;
  for (const each of document.querySelectorAll("[data-controls]")) each.hidden = false;
})();
