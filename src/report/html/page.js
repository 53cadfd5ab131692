"use strict";
const detections = [...document.querySelectorAll("details.detection")];
const filter = document.getElementById("filter");
const buttons = [...document.querySelectorAll("button[data-status]")];
const shown = document.getElementById("shown");
function show() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  const status = buttons.filter((b) => b.getAttribute("aria-pressed") === "true").map((b) => b.dataset.status);
  let count = 0;
  for (const one of detections) {
    const fits = words.every((w) => one.dataset.words.includes(w)) && (!status.length || status.includes(one.dataset.status));
    one.classList.toggle("hidden", !fits);
    if (fits) count += 1;
  }
  shown.textContent = count === detections.length ? "" : count + " of " + detections.length;
}
filter.addEventListener("input", show);
for (const button of buttons) {
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") === "true" ? "false" : "true");
    show();
  });
}
