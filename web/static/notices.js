// The bell and the inbox: told by the server as it happens, and where that fails by asking once a minute.
"use strict";

(() => {
  const bell = document.querySelector("[data-bell]");
  if (!bell) return;
  const POLL = 60000;
  let unread = Number(bell.dataset.unread);
  let heard = 0; // when the stream last showed that news come by it
  let stream = null;
  let over = false;

  function show(number) {
    const rising = number > unread;
    const changed = number !== unread;
    unread = number;
    const badge = bell.querySelector("[data-bell-count]");
    badge.textContent = number < 100 ? String(number) : "99+";
    badge.hidden = number === 0;
    if (changed) document.body.dispatchEvent(new CustomEvent("notices", { detail: { rising } }));
  }

  async function ask() {
    const answer = await fetch("/notices/unread", { headers: { accept: "application/json" } }).catch(() => null);
    if (answer?.status === 401) {
      over = true; // signed out: the next page says so
      stop();
    } else if (answer?.ok) {
      show((await answer.json()).unread);
      listen(); // it may come through again
    }
  }

  // A stream may fail without an error: a proxy that holds it back, a network that is gone. Silence is what tells.
  function look() {
    if (!over && !document.hidden && Date.now() - heard >= POLL) ask();
  }

  function stop() {
    stream?.close();
    stream = null;
  }

  function listen() {
    if (over || document.hidden) return;
    stream?.close();
    stream = new EventSource("/notices/stream");
    stream.addEventListener("bell", (event) => {
      const told = JSON.parse(event.data);
      heard = told.live ? Date.now() : 0; // without Redis nothing else comes by this stream
      show(told.unread);
    });
    stream.addEventListener("beat", () => (heard = Date.now()));
    stream.addEventListener("error", () => (heard = 0));
    stream.addEventListener("notice", () => show(Math.min(unread + 1, 100)));
    stream.addEventListener("over", () => {
      over = true;
      stop();
    });
  }

  listen();
  setInterval(look, POLL);
  // A browser opens only a few connections to one site: what nobody looks at holds none, and catches up when looked at.
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
  window.addEventListener("pagehide", stop);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) listen();
  });
})();
