// The menu: what has run out fades where it stands, the rail follows the scroll, the search forgives a typing error.
const fold = text => text.toLocaleLowerCase().normalize('NFD').replace(/\p{M}/gu, '');

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
}

// Whether `word` is in `text`, or begins one of its words with at most one letter wrong, too many or too few.
function near(word, text) {
  if (text.includes(word)) return true;
  if (word.length < 4) return false;
  return text.split(/[^\p{L}\p{N}]+/u).some(other => [-1, 0, 1].some(d => distance(word, other.slice(0, word.length + d)) <= 1));
}

function distance(a, b) {
  if (Math.abs(a.length - b.length) > 1) return 2;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  let j = 0;
  while (j < a.length - i && j < b.length - i && a[a.length - 1 - j] === b[b.length - 1 - j]) j++;
  const rest = Math.max(a.length, b.length) - i - j;
  const swapped = rest === 2 && a.length === b.length && a[i] === b[i + 1] && a[i + 1] === b[i];
  return swapped ? 1 : rest;
}

// Shows the dishes that are wished for (`filters`) and fit what is typed. Answers with what does it anew.
export function narrowing(input) {
  const tiles = [...document.querySelectorAll('.tile')].map(tile => [tile, fold(tile.querySelector('.words').textContent)]);
  const sections = [...document.querySelectorAll('main section')];
  return filters => {
    const wanted = fold(input.value).split(/\s+/).filter(Boolean);
    const found = new Set();
    let typed = false;
    for (const [tile, text] of tiles) {
      const fits = wanted.every(word => near(word, text));
      tile.hidden = !fits || !filters.passes(tile);
      typed = typed || fits;
      if (!tile.hidden) found.add(tile.dataset.item);
    }
    for (const section of sections) {
      section.hidden = !section.querySelector('.tile:not([hidden])');
      document.querySelector(`.rail [href="#${section.id}"]`).parentElement.hidden = section.hidden;
    }
    document.getElementById('nothing').hidden = typed;
    document.getElementById('nothing-fits').hidden = !typed || found.size > 0;
    document.body.classList.toggle('searching', wanted.length > 0);
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
