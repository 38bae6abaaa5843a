// What is kept on this device of a form not yet sent: sealed, of one person only, and gone at sign-out, for another
// person, when it was sent, and when its time is up. Two secrets make the key: one that never leaves this browser
// (not extractable, in IndexedDB) and one that the server gives to that person's session alone.
"use strict";

const drafts = (() => {
  const DATABASE = "tiaojie-drafts", STORE = "kept", DEVICE = "device", DRAFT = "draft";
  const MARK = "tiaojie.draft", SECRET = "tiaojie.draft-secret", SHELL = "tiaojie-draft-shell";
  const encoder = new TextEncoder(), decoder = new TextDecoder();

  function database() {
    return new Promise((resolve, reject) => {
      const asked = indexedDB.open(DATABASE, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  }

  async function kept(mode, act) {
    const opened = await database();
    return new Promise((resolve, reject) => {
      const work = opened.transaction(STORE, mode);
      const asked = act(work.objectStore(STORE));
      work.oncomplete = () => { opened.close(); resolve(asked.result); };
      work.onabort = work.onerror = () => { opened.close(); reject(work.error); };
    });
  }

  const read = (name) => kept("readonly", (store) => store.get(name));
  const write = (name, value) => kept("readwrite", (store) => store.put(value, name));

  async function deviceKey() {
    const known = await read(DEVICE);
    if (known) return known;
    const drawn = crypto.getRandomValues(new Uint8Array(32));
    await write(DEVICE, await crypto.subtle.importKey("raw", drawn, "HKDF", false, ["deriveKey"]));
    return read(DEVICE);
  }

  async function keyOf(person) {
    const salt = Uint8Array.from(atob(person.secret), (one) => one.charCodeAt(0));
    const how = { name: "HKDF", hash: "SHA-256", salt, info: encoder.encode("tiaojie draft") };
    return crypto.subtle.deriveKey(how, await deviceKey(), { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  }

  function mark() {
    try { return JSON.parse(localStorage.getItem(MARK)); } catch { return null; }
  }

  async function save(person, draft) {
    const iv = crypto.getRandomValues(new Uint8Array(12)), until = Date.now() + person.hours * 3600000;
    const how = { name: "AES-GCM", iv, additionalData: encoder.encode(person.owner) };
    const sealed = await crypto.subtle.encrypt(how, await keyOf(person), encoder.encode(JSON.stringify(draft)));
    await write(DRAFT, { iv, sealed });
    localStorage.setItem(MARK, JSON.stringify({ owner: person.owner, until, key: draft.key }));
  }

  // Null when there is none; what can't be opened (another person's, or keys that were exchanged) is no draft.
  async function load(person) {
    const record = mark() && await read(DRAFT);
    if (!record) return null;
    const how = { name: "AES-GCM", iv: record.iv, additionalData: encoder.encode(person.owner) };
    try {
      return JSON.parse(decoder.decode(await crypto.subtle.decrypt(how, await keyOf(person), record.sealed)));
    } catch {
      await wipe();
      return null;
    }
  }

  async function wipe() {
    localStorage.removeItem(MARK);
    sessionStorage.removeItem(SECRET);
    await kept("readwrite", (store) => store.clear());
    await caches.delete(SHELL);
    const workers = await navigator.serviceWorker?.getRegistrations() ?? [];
    await Promise.all(workers.map((one) => one.unregister()));
  }

  const usable = Boolean(window.isSecureContext && window.indexedDB && window.caches && crypto.subtle);

  return { MARK, SECRET, SHELL, usable, mark, save, load, wipe };
})();

if (drafts.usable) {
  const marked = drafts.mark(), owner = document.body.dataset.owner, sent = document.querySelector("[data-sent-key]");
  const over = marked && (marked.until <= Date.now() || (owner && owner !== marked.owner));
  if (over || (marked && sent && sent.dataset.sentKey === marked.key)) drafts.wipe();
  else if (marked) setTimeout(drafts.wipe, Math.min(marked.until - Date.now(), 2 ** 31 - 1));

  document.addEventListener("submit", (event) => {
    const address = new URL(event.target.action).pathname;
    if (!address.startsWith("/sign-out") || event.defaultPrevented) return;
    event.preventDefault();
    drafts.wipe().finally(() => event.target.submit());
  });
}
