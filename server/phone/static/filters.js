// What the guest wishes to see: the boxes that are ticked. Which of them each dish passes was said by the shop.
import * as dialogs from './dialogs.js';
import { words } from './line.js';
import * as store from './store.js';

const by = id => document.getElementById(id);
const forms = new Intl.PluralRules(document.documentElement.lang);

// Calls `changed()` when other dishes are wished for. `passes(tile)`: whether a dish is; `told(n)`: so many are shown.
export function filters(changed) {
  const dialog = by('filters');
  if (!dialog) return { passes: () => true, told: () => {} };
  const boxes = [...dialog.querySelectorAll('input')];
  const ticked = () => boxes.filter(box => box.checked);
  let wanted = [];

  function read() {
    wanted = ticked().map(box => box.value);
    const said = ticked().map(box => box.dataset.said).join(words.comma);
    by('filters-on').hidden = !wanted.length;
    by('filters-said').textContent = said && words.filters_on.replace('{names}', said);
    by('filter-count').hidden = !wanted.length;
    by('filter-count').textContent = wanted.length;
    dialog.querySelector('[data-clear]').disabled = !wanted.length;
  }

  function changes() {
    store.wish(ticked().map(box => box.dataset.key));
    read();
    changed();
  }

  dialogs.prepare(dialog);
  by('open-filters').addEventListener('click', () => dialogs.open(dialog));
  dialog.addEventListener('change', ({ target }) => {
    const { kind } = target.dataset;
    if (kind && target.checked) for (const box of boxes) if (box !== target && box.dataset.kind === kind) box.checked = false;
    changes();
  });
  document.addEventListener('click', ({ target }) => {
    if (!target.closest('[data-clear]')) return;
    for (const box of boxes) box.checked = false;
    changes();
    (dialog.open ? dialog.querySelector('h2') : by('open-filters')).focus({ preventScroll: true });
  });

  const wishes = new Set(store.wishes());
  for (const box of boxes) box.checked = wishes.has(box.dataset.key);
  read();
  return {
    passes: tile => wanted.every(one => tile.dataset.passes.split(' ').includes(one)),
    told: n => {
      const text = n ? words.show_dishes[forms.select(n)] ?? words.show_dishes.other : words.nothing_fits_short;
      by('filter-done').querySelector('span').textContent = text.replace('{n}', n);
    },
  };
}
