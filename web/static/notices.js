// The bell and the inbox: told by the server as it happens, and where that fails by asking once a minute.
"use strict";

(() => {
  const bell = document.querySelector("[data-bell]");
  if (!bell) return;
  const POLL = 60000;
  let unread = Number(bell.dataset.unread);
  let polling = null;
  let stream = null;

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
    if (answer?.ok) show((await answer.json()).unread);
    if (answer?.status === 401) stop(); // signed out: the next page says so
    else if (answer && stream?.readyState === EventSource.CLOSED) listen();
  }

  function poll(on) {
    if (on && !polling) polling = setInterval(ask, POLL);
    if (!on && polling) polling = clearInterval(polling) ?? null;
  }

  function stop() {
    poll(false);
    stream?.close();
  }

  function listen() {
    stream = new EventSource("/notices/stream");
    stream.addEventListener("bell", (event) => {
      const told = JSON.parse(event.data);
      poll(!told.live); // without Redis nothing else comes by this stream
      show(told.unread);
    });
    stream.addEventListener("notice", () => show(Math.min(unread + 1, 100)));
    stream.addEventListener("over", stop);
    stream.addEventListener("error", () => poll(true));
  }

  listen();
  window.addEventListener("pagehide", stop);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) listen();
  });
})();
