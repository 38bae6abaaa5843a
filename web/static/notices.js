// The bell and the inbox: told by the server as it happens, and where that fails by asking once a minute.
"use strict";

(() => {
  const bell = document.querySelector("[data-bell]");
  if (!bell) return;
  const POLL = 60000;
  let unread = Number(bell.dataset.unread);
  let polling = null;
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
      if (stream?.readyState === EventSource.CLOSED) listen();
    }
  }

  function poll(on) {
    if (on && !polling) polling = setInterval(ask, POLL);
    if (!on && polling) polling = clearInterval(polling) ?? null;
  }

  function stop() {
    poll(false);
    stream?.close();
    stream = null;
  }

  function listen() {
    if (over || document.hidden) return;
    stream?.close();
    stream = new EventSource("/notices/stream");
    stream.addEventListener("bell", (event) => {
      const told = JSON.parse(event.data);
      poll(!told.live); // without Redis nothing else comes by this stream
      show(told.unread);
    });
    stream.addEventListener("notice", () => show(Math.min(unread + 1, 100)));
    stream.addEventListener("over", () => {
      over = true;
      stop();
    });
    stream.addEventListener("error", () => poll(true));
  }

  listen();
  // A browser opens only a few connections to one site: what nobody looks at holds none, and catches up when looked at.
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
  window.addEventListener("pagehide", stop);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) listen();
  });
})();
