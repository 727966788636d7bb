// The kiosk when there is no network: the page and its script as they were last loaded. Answers are not its business.
'use strict';
const KEPT = 'khutwa-kiosk-1';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', event => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin || !url.pathname.startsWith('/k/')) return;
  event.respondWith((async () => {
    const kept = await caches.open(KEPT);
    try {
      const fresh = await fetch(event.request);
      if (fresh.ok) await kept.put(event.request, fresh.clone());
      return fresh.status >= 500 ? (await kept.match(event.request)) || fresh : fresh;
    } catch (gone) {
      return (await kept.match(event.request)) || Response.error();
    }
  })());
});
