// A picture that is still on its way to this shop's terminal: it is asked for again, and comes into its place.
const FIRST_MS = 3000;
const LONGEST_MS = 60000;
const waits = new WeakMap();

function missing(event) {
  const image = event.target;
  if (!(image instanceof HTMLImageElement) || !image.closest('.pictured')) return;
  image.classList.add('awaited');
  const wait = waits.get(image) || FIRST_MS;
  waits.set(image, Math.min(wait * 2, LONGEST_MS));
  setTimeout(() => { if (image.isConnected) image.src = image.getAttribute('src'); }, wait);
}

function here(event) {
  if (event.target instanceof HTMLImageElement) event.target.classList.remove('awaited');
}

export function awaitPictures() {
  document.addEventListener('error', missing, true);
  document.addEventListener('load', here, true);
  for (const image of document.images) {  // what failed before this script ran
    if (image.complete && !image.naturalWidth && image.loading !== 'lazy') missing({ target: image });
  }
}
