// Minutes save themselves, section by section; a colleague's words are never written over.
"use strict";
for (const form of document.querySelectorAll("[data-minutes]")) {
  const PAUSE = 2500;
  const AGAIN = 15000;
  const line = form.querySelector("[data-saving]");
  const trouble = form.querySelector("[data-trouble]");
  const held = new Set(); // sections in which somebody else was quicker: only a person decides
  const dirty = new Set();
  let timer = 0;
  let busy = false;
  const say = (text) => { line.textContent = text; };
  const complain = (text) => {
    trouble.textContent = text;
    trouble.hidden = !text;
  };
  const fieldsOf = (prefix) => [...form.elements].filter((field) => field.name.startsWith(`${prefix}-`));
  const plan = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  };
  const packed = (prefixes) => {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    for (const field of prefixes.flatMap(fieldsOf)) {
      if (field.type !== "checkbox" || field.checked) data.append(field.name, field.value);
    }
    return data;
  };
  const settle = (answer) => {
    for (const [prefix, { edition, seen }] of Object.entries(answer.sections)) {
      form.elements[`${prefix}-edition`].value = edition;
      form.elements[`${prefix}-seen`].value = seen;
    }
    for (const prefix of answer.clashes) held.add(prefix);
    complain(held.size ? "ほかの人が同じ部分を先に保存しました。「保存する」を押すと、両方の文を見くらべられます。" : "");
    say(`${answer.savedAt}に自動で保存しました。`);
  };
  // After a new login, for example in another tab, the page holds an old token: fetch the new one.
  const renew = async () => {
    const response = await fetch(form.action, { redirect: "error" });
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    const token = fresh.querySelector("[data-minutes] [name=csrfmiddlewaretoken]");
    if (token) form.elements.csrfmiddlewaretoken.value = token.value;
  };
  const save = async () => {
    const prefixes = [...dirty].filter((prefix) => !held.has(prefix));
    if (busy || !prefixes.length) return;
    busy = true;
    for (const prefix of prefixes) dirty.delete(prefix);
    const back = () => { for (const prefix of prefixes) dirty.add(prefix); };
    try {
      const response = await fetch(form.action, {
        method: "POST", body: packed(prefixes), headers: { Accept: "application/json" }, redirect: "error",
      });
      const answer = await response.json();
      if (response.ok) {
        settle(answer);
      } else {
        back();
        complain(answer.errors.join(" "));
      }
    } catch {
      back();
      complain("自動で保存できませんでした。書いた文はこの画面に残っています。ログインが切れたときは、別の画面でログインしてください。つながったら、もう一度保存します。");
      await renew().catch(() => {});
    }
    busy = false;
    if (dirty.size) plan(AGAIN);
  };
  const touched = (event) => {
    const section = event.target.closest("[data-section]");
    if (!section) return;
    dirty.add(section.dataset.section);
    say("まだ保存していない文があります。");
    plan(PAUSE);
  };
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    dirty.clear();
  });
  window.addEventListener("beforeunload", (event) => { if (dirty.size) event.preventDefault(); });
  say("書いた文は、自動で保存します。何人かで同時に書いても、ほかの人の文を消すことはありません。");
}
