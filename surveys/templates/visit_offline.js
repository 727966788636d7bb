// The visitor's checklist when there is no network: the page and its script as they were last loaded.
'use strict';
const KEPT = 'khutwa-visit-1';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', event => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin || !url.pathname.startsWith('/v/')) return;
  event.respondWith((async () => {
    const kept = await caches.open(KEPT), path = url.pathname;
    try {
      const fresh = await fetch(event.request);
      if (fresh.ok) await kept.put(path, fresh.clone());
      return fresh.status >= 500 ? (await kept.match(path)) || fresh : fresh;
    } catch (gone) {
      return (await kept.match(path)) || Response.error();
    }
  })());
});
