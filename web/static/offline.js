// Opens the registration form without a network, from what drafts.js kept of the page. Nothing else passes here.
"use strict";

const SHELL = "tiaojie-draft-shell";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function keptInstead(request) {
  try {
    return await fetch(request);
  } catch (gone) {
    const found = await caches.match(request.mode === "navigate" ? new URL(request.url).pathname : request.url, { cacheName: SHELL });
    if (found) return found;
    throw gone;
  }
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  const form = event.request.mode === "navigate" && address.pathname === new URL(self.registration.scope).pathname;
  if (form || address.pathname.startsWith("/static/")) event.respondWith(keptInstead(event.request));
});
