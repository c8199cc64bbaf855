// The live feed is fetched again when somebody asks for it.

import { $, live } from "./dom.js";
import { post } from "./server.js";

if (live) {
  document.addEventListener("submit", async (event) => {
    if (!("ask" in event.target.dataset)) return;
    event.preventDefault();
    const button = $("button", event.target);
    button.disabled = true;
    await post(event.target.action, "").catch(() => {});
    button.disabled = false;
  });
}
