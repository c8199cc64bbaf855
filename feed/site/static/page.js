// Copies the feed's address. Without it, or where copying is not allowed, a click selects it all.
"use strict";
for (const place of document.querySelectorAll("[data-copy]")) {
  const [address, button, status] = place.children;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(address.textContent);
      status.textContent = place.dataset.copied;
    } catch {
      getSelection().selectAllChildren(address);
      status.textContent = place.dataset.failed;
    }
  });
}
