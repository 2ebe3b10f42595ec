// Live delivery: the server's own fragment every two seconds while something is on its way.
"use strict";
const box = document.getElementById("progress");
const refresh = async () => {
  if (!("running" in box.dataset)) return;
  try {
    const answer = await fetch(box.dataset.src, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    box.innerHTML = await answer.text();
    const bar = box.querySelector("progress");
    if (bar && bar.value >= bar.max) { location.reload(); return; }
  } catch { /* offline for a moment: the next round tries again */ }
  setTimeout(refresh, 2000);
};
if (box) setTimeout(refresh, 2000);
