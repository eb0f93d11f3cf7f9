// Keeps the pages' own files and the pages that were seen, so that a reload or the start of the installed application shows
// something while the Wi-Fi is away.
// Browsers run it only where the address is secure (https, or this very machine); the pages do not need it.
const CACHE = 'pilotlight-VERSION';
const FILES = [];  // filled in by the shop: where the application starts, and what all pages are made of

self.addEventListener('install', event => event.waitUntil(
  caches.open(CACHE).then(cache => cache.addAll(FILES)).then(() => self.skipWaiting())));
self.addEventListener('activate', event => event.waitUntil(
  caches.keys()
    .then(names => Promise.all(names.filter(name => name !== CACHE).map(name => caches.delete(name))))
    .then(() => self.clients.claim())));

// A page that was opened before there was a worker asks for it to be kept.
self.addEventListener('message', event => {
  const { keep } = event.data ?? {};
  if (typeof keep === 'string' && keep.startsWith('/phone/')) {
    event.waitUntil(caches.open(CACHE).then(cache => cache.add(keep)).catch(() => {}));
  }
});

self.addEventListener('fetch', event => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin || !url.pathname.startsWith('/phone')) return;
  if (url.pathname.endsWith('/now') || url.pathname === '/phone/alive') return;
  const page = event.request.mode === 'navigate';
  const kept = url.pathname.startsWith('/phone/static/') || url.pathname.startsWith('/phone/picture/');
  const current = page || url.pathname === '/phone/brand.css';
  if (current || kept) event.respondWith(current ? fresh(event.request) : held(event.request));
});

async function fresh(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    const last = await cache.match(request, { ignoreSearch: true });
    if (last) return last;
    throw error;
  }
}

async function held(request) {
  const cache = await caches.open(CACHE);
  const last = await cache.match(request);
  if (last) return last;
  const answer = await fetch(request);
  if (answer.ok) cache.put(request, answer.clone());
  return answer;
}
