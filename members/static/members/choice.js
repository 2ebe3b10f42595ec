"use strict";
// Keeps the number of chosen rows true while boxes are ticked. The server counts for itself.
{
  const told = document.querySelector("[data-chosen]");
  const button = document.querySelector("[data-write]");
  const boxes = [...document.querySelectorAll("input.choice")];
  const rowsOf = (box) => {
    let count = 1;
    let row = box.closest("tr").nextElementSibling;
    while (row && row.querySelector(".tick .quiet")) { count += 1; row = row.nextElementSibling; }
    return count;
  };
  if (told && button) {
    let chosen = Number(told.dataset.chosen);
    const show = () => {
      told.textContent = chosen;
      button.textContent = `選んだ${chosen}行を書き込む`;
      button.disabled = chosen === 0;
    };
    for (const box of boxes) box.addEventListener("change", () => {
      chosen += box.checked ? rowsOf(box) : -rowsOf(box);
      show();
    });
    show();
  }
}
