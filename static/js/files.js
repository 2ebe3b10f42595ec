// Choosing files: drop them on the box, see what was chosen, hear of what is too big before it is sent.
"use strict";
for (const zone of document.querySelectorAll("[data-drop-zone]")) {
  const input = zone.querySelector("input[type=file]");
  const list = zone.querySelector("[data-drop-list]");
  const { mostMegabytes, mostFiles, tooBig, tooMany, chosen } = zone.dataset;
  const most = Number(mostMegabytes) * 1024 * 1024;
  const size = (bytes) => (bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))}KB` : `${(bytes / 1024 / 1024).toFixed(1)}MB`);
  const line = (text, bad) => {
    const item = document.createElement("li");
    item.textContent = text;
    item.classList.toggle("is-bad", bad);
    return item;
  };
  const faults = () => {
    const files = [...input.files];
    const found = files.filter((file) => file.size > most).map((file) => `${file.name}${tooBig}`);
    return files.length > Number(mostFiles) ? [tooMany, ...found] : found;
  };
  const show = () => {
    const bad = faults();
    const items = [...input.files].filter((file) => file.size <= most).map((file) => line(`${file.name}(${size(file.size)})`, false));
    const all = document.createElement("ul");
    all.append(...bad.map((text) => line(text, true)), ...items);
    list.replaceChildren(...(all.children.length ? [document.createTextNode(chosen), all] : []));
    input.setCustomValidity(bad.join("\n"));
  };
  input.addEventListener("change", show);
  input.form.addEventListener("submit", (event) => {
    // The form has novalidate, so that the server's sentences are read; this one saves a long upload.
    if (!input.checkValidity() && !event.submitter?.matches("[name=drop], [name=up], [name=down]")) {
      event.preventDefault();
      input.focus();
    }
  });
  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("is-over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    const all = new DataTransfer();
    const kept = input.multiple ? [...input.files] : [];
    for (const file of [...kept, ...event.dataTransfer.files]) all.items.add(file);
    if (!input.multiple) while (all.items.length > 1) all.items.remove(0);
    input.files = all.files;
    show();
  });
  show();
}
