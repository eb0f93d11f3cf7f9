// The menu: what has run out fades where it stands, the rail follows the scroll, the search narrows it.
import { finder } from './search.js';

export function paint(states) {
  for (const [id, [state, why]] of Object.entries(states)) {
    for (const tile of document.querySelectorAll(`[data-item="${CSS.escape(id)}"].tile`)) {
      tile.className = `tile ${state}`.trim();
      tile.querySelector('.why').textContent = why;
      const button = tile.querySelector('button');
      if (state === 'out') button.setAttribute('aria-disabled', 'true');
      else button.removeAttribute('aria-disabled');
    }
  }
}

export function rail() {
  const links = new Map([...document.querySelectorAll('[data-rail]')].map(link => [`c-${link.dataset.rail}`, link]));
  const mark = link => {
    for (const other of links.values()) other.removeAttribute('aria-current');
    link.setAttribute('aria-current', 'true');
    const list = link.closest('ul');
    list.scrollTo({ left: link.offsetLeft - list.offsetLeft - 24 });
  };
  const seen = new IntersectionObserver(entries => {
    for (const entry of entries) if (entry.isIntersecting) mark(links.get(entry.target.id));
  }, { rootMargin: '-130px 0px -70% 0px' });
  for (const section of document.querySelectorAll('main section')) seen.observe(section);
  const [first] = links.values();
  first?.setAttribute('aria-current', 'true');  // until another is come to
}

// Within the page one comes to a place of it without a step in the history: back leaves the menu, or closes what is open.
// Keys go on from there.
export function within() {
  document.addEventListener('click', event => {
    const link = event.target.closest('a[href^="#"]');
    const place = link && document.getElementById(link.hash.slice(1));
    if (!place) return;
    event.preventDefault();
    place.scrollIntoView();
    (place.querySelector(':scope > [tabindex="-1"]') ?? place).focus({ preventScroll: true });
  });
}

// Shows the dishes that are wished for (`filters`) and fit what is typed. Answers with what does it anew.
export function narrowing(input) {
  const tiles = [...document.querySelectorAll('.tile')];
  // Its name in the shop's own language, too: that is what the board says.
  const find = finder(tiles.map(tile => [
    ...[...tile.querySelectorAll('.name, .description, .mark')].map(one => one.textContent),
    tile.closest('section').querySelector('h2').textContent, tile.dataset.name ?? '',
  ].join('\n')));
  const sections = [...document.querySelectorAll('main section')];
  return filters => {
    const typed = input.value.trim() ? find(input.value) : null;
    const found = new Set();
    tiles.forEach((tile, n) => {
      tile.hidden = typed && !typed.has(n) || !filters.passes(tile);
      if (!tile.hidden) found.add(tile.dataset.item);
    });
    for (const section of sections) {
      section.hidden = !section.querySelector('.tile:not([hidden])');
      document.querySelector(`.rail [href="#${section.id}"]`).parentElement.hidden = section.hidden;
    }
    const none = typed?.size === 0;
    document.getElementById('nothing').hidden = !none;
    document.getElementById('nothing-fits').hidden = none || found.size > 0;
    document.body.classList.toggle('searching', typed !== null);
    filters.told(found.size);
  };
}

// The dish at the top of what is seen.
export function inSight() {
  const rail = document.querySelector('.rail').getBoundingClientRect().bottom;
  return [...document.querySelectorAll('.tile:not([hidden])')]
    .find(tile => tile.getBoundingClientRect().bottom > rail + 24)?.dataset.item;
}

export function comeTo(item) {
  document.querySelector(`[data-item="${CSS.escape(item)}"].tile`)?.scrollIntoView({ block: 'start' });
}
