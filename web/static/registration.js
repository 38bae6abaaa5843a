// The registration form without a network: what is typed is kept on this device, and sent once the network is back.
// The hidden key stays the same from the first try to the last, so that nothing is registered twice.
"use strict";

(() => {
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const line = document.getElementById("draft-line"), said = line.querySelector("[data-said]");
  const UNSAVED = new Set(["_csrf_token", "idempotency_key"]), PAUSE = 300, AGAIN = 5000, MOST = 3;
  let person = null, waiting = false, typing = 0, stopped = false, touched = false;

  function say(what) {
    line.hidden = false;
    line.dataset.state = what;
    said.textContent = line.dataset[what];
    line.querySelector("[data-discard]").hidden = !drafts.usable || !drafts.mark();
  }

  // Who types: from the server; without a network, what the server gave to this very tab.
  async function whoTypes() {
    const answer = await fetch(form.dataset.draft, { cache: "no-store", redirect: "manual" });
    if (!answer.ok) return null;
    const given = await answer.json();
    sessionStorage.setItem(drafts.SECRET, JSON.stringify(given));
    return given;
  }

  function typed() {
    return [...new FormData(form)].filter(([name, value]) => !UNSAVED.has(name) && typeof value === "string");
  }

  // One after the other, so that the last one typed is the last one kept.
  let tries = 0, saving = Promise.resolve();
  function save() {
    clearTimeout(typing);
    if (!person || stopped) return saving;
    saving = saving.then(async () => {
      await drafts.save(person, { key: form.elements.idempotency_key.value, tries, typed: typed() });
      keepShell();
      if (!waiting) say(navigator.onLine ? "kept" : "offline");
      delete line.dataset.pending;
    });
    return saving;
  }

  function later(pause) {
    clearTimeout(typing);
    line.dataset.pending = "";
    typing = setTimeout(save, pause);
  }

  // The page itself, so that it opens again without a network; it holds nothing that was typed.
  let shellKept = false;
  async function keepShell() {
    if (shellKept || !navigator.serviceWorker || !navigator.onLine) return;
    shellKept = true;
    try {
      await navigator.serviceWorker.register("/cases/offline.js", { scope: location.pathname });
      const parts = [...document.querySelectorAll("head script[src], head link[href]")].map((one) => one.src || one.href);
      await (await caches.open(drafts.SHELL)).addAll([location.pathname, ...parts]);
    } catch {
      shellKept = false;
    }
  }

  function restore(draft) {
    const values = new Map();
    for (const [name, value] of draft.typed) values.set(name, [...(values.get(name) ?? []), value]);
    for (const rows of form.querySelectorAll("fieldset[data-rows]")) restoreRows(rows, values);
    for (const control of form.elements) {
      if (!control.name || UNSAVED.has(control.name)) continue;
      const given = values.get(control.name) ?? [];
      if (control.type === "radio" || control.type === "checkbox") control.checked = given.includes(control.value);
      else if (given.length) control.value = given[0];
    }
    for (const folded of form.querySelectorAll("details")) {
      folded.open = [...folded.querySelectorAll("input, select, textarea")].some((one) => values.get(one.name)?.[0]);
    }
    form.elements.idempotency_key.value = draft.key;
  }

  function restoreRows(rows, values) {
    const list = rows.dataset.path, wanted = new Set();
    for (const name of values.keys()) if (name.startsWith(`${list}.`)) wanted.add(Number(name.slice(list.length + 1).split(".")[0]));
    if (!wanted.size) return;
    rows.querySelector("[data-list]").replaceChildren();
    for (const index of [...wanted].sort((one, other) => one - other)) addRow(rows, index, false);
  }

  // First a question to the server, which costs nothing when the network is gone; then the form itself. Who gets no
  // answer to the form itself finds this page again, which tries a few times more by itself.
  async function send() {
    waiting = true;
    let now;
    try {
      now = await whoTypes();
    } catch {
      say("waiting");
      form.querySelectorAll("button[disabled]").forEach((one) => one.removeAttribute("disabled"));
      setTimeout(() => waiting && send(), AGAIN);
      return;
    }
    if (!now) location.assign(`/sign-in?next=${location.pathname}`);
    else if (person && now.owner !== person.owner) drafts.wipe().finally(() => location.reload());
    else {
      tries += 1;
      await save();
      form.submit();
    }
  }

  function sendAgain() {
    if (tries > MOST) return say("gaveup");
    waiting = true;
    say("waiting");
    setTimeout(send, AGAIN * (tries - 1));
  }

  // One tab keeps the draft; the lock ends with the page.
  function alone() {
    return new Promise((resolve) => {
      const hold = () => { resolve(true); return new Promise(() => {}); };
      navigator.locks.request("tiaojie-draft", { signal: AbortSignal.timeout(3000) }, hold).catch(() => resolve(false));
    });
  }
  let locked = null;

  async function start() {
    if (!drafts.usable) return say("unsafe");
    if (!await (locked ??= alone())) return say("elsewhere");
    try {
      person = await whoTypes();
    } catch {
      person = JSON.parse(sessionStorage.getItem(drafts.SECRET));
      if (person) say("offline");
      else return say("locked");
    }
    if (!person) return;
    const draft = await drafts.load(person);
    if (!("fresh" in form.dataset)) await save();
    else if (draft && touched) {
      stopped = true; // two texts: the one on the page goes on, the kept one stays until it is looked at
      say("elsewhere");
    } else if (draft) {
      restore(draft);
      say(navigator.onLine ? "restored" : "offline");
      tries = draft.tries;
      if (tries) sendAgain();
    }
  }

  form.addEventListener("input", () => { touched = true; later(PAUSE); });
  form.addEventListener("change", () => later(0));
  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-add-row], [data-remove-row]")) later(PAUSE);
  });
  form.addEventListener("submit", (event) => {
    if (!person || stopped) return;
    event.preventDefault();
    waiting = true;
    tries = Math.max(tries, 1);
    save().finally(() => { tries -= 1; send(); });
  });
  line.querySelector("[data-discard]").addEventListener("click", () => {
    stopped = true;
    drafts.wipe().finally(() => { form.reset(); location.assign(location.pathname); });
  });
  document.addEventListener("visibilitychange", () => document.hidden && "pending" in line.dataset && save());
  window.addEventListener("online", () => (waiting ? send() : !person && start()));
  window.addEventListener("offline", () => say("offline"));
  window.addEventListener("storage", (event) => {
    if (event.key === drafts.MARK && event.newValue === null) stopped = true; // signed out or sent in another tab
  });
  start();
})();
