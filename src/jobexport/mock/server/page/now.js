// Brings the element `now` up to date every few seconds, while somebody sees the page.
"use strict";
const SECONDS = 3;
let text = "";

async function refresh() {
  const before = document.getElementById("now");
  try {
    const response = await fetch("/_mock/now", { cache: "no-store" });
    const parsed = new DOMParser().parseFromString(await response.text(), "text/html"); // runs no script of it
    const after = parsed.getElementById("now");
    before.classList.toggle("stale", !after);
    if (!after || after.innerHTML === text) return;
    text = after.innerHTML;
    const opened = before.dataset.shown ? parts(before) : new Map();
    after.dataset.shown = "1";
    before.replaceWith(after);
    keep(opened);
  } catch {
    before.classList.add("stale"); // the mock has ended
  }
}

function parts(now) {
  return new Map([...now.querySelectorAll("details")].map((part) => [part.dataset.key, part]));
}

// What was opened stays open, what was closed stays closed, and what was scrolled stays where it was.
function keep(before) {
  for (const [key, part] of parts(document.getElementById("now"))) {
    const old = before.get(key);
    if (old) [part.open, part.scrollTop] = [old.open, old.dataset.scrolled ?? 0];
    part.addEventListener("scroll", () => (part.dataset.scrolled = part.scrollTop));
  }
}

function seen() {
  return document.visibilityState === "visible";
}

refresh();
setInterval(() => seen() && refresh(), 1000 * SECONDS);
document.addEventListener("visibilitychange", () => seen() && refresh());
