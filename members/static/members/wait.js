"use strict";
// Shows the state of the work again every two seconds; without script there is a link for it.
const look = async () => {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-wait]");
  const now = document.querySelector("[data-wait]");
  if (!fresh || !fresh.dataset.wait) location.reload();
  else if (fresh.innerHTML !== now.innerHTML) now.replaceChildren(...fresh.childNodes);
};
setInterval(() => look().catch(() => {}), 2000);
