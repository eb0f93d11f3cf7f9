// The menu's page: a dish, the basket, the order, and what happens meanwhile.
import * as dialogs from './dialogs.js';
import { filters } from './filters.js';
import * as line from './line.js';
import * as menu from './menu.js';
import * as sheet from './sheet.js';
import * as store from './store.js';

const page = document.body;
const by = id => document.getElementById(id);
const { words } = line;
const SENT_AGAIN_MS = 10 * 60 * 1000;
const KNOWN_AFTER_MS = 400;  // what comes sooner needs no other look before it

// The link may have run out while the page was open: then the page, asked for anew, says so. The basket stays.
function refused(error) {
  if (['old_link', 'bad_link'].includes(error.code)) location.reload();
  else dialogs.tell(error.message);
}

// `carried`: what the guest was doing on this page at another terminal, as `doingNow` says it; null without one.
export function menuPage(carried) {
  const visit = page.dataset.visit;
  const here = `/phone/v/${visit}`;
  const basketDialog = by('basket'), dishDialog = by('sheet');
  let editing = -1, pricing = 0, wanted = null, sending = false, ordered = false, looked = null;
  const kept = store.basket();
  if (page.dataset.table && store.visit() !== visit && !kept.sending) store.keep({ ...kept, dining: 'here' });
  store.remember(visit);
  const left = store.comeBack(), doing = carried ?? left;
  const [{ type }] = performance.getEntriesByType('navigation');
  if (doing.typed && (carried || type !== 'navigate')) by('search').value = doing.typed;  // not in another language
  dialogs.prepare(basketDialog);
  dialogs.prepare(dishDialog);
  menu.rail();
  menu.within();
  const narrow = menu.narrowing(by('search'));
  const show = () => narrow(wished);
  const wished = filters(show);
  by('search').addEventListener('input', show);
  show();

  // -- a dish ----------------------------------------------------------------------------------------------------

  const form = () => by('dish-form');

  // `at`: the line of the basket that is changed.
  function formOf(ask, item, chosen, at) {
    const { seen_minor, name, ...wish } = chosen ?? {};
    return ask(`${here}/dish/${encodeURIComponent(item)}${at < 0 ? '' : '?saving'}`, chosen && wish);
  }

  async function openDish(button, item, chosen, at = -1) {
    if (wanted?.item === item || dishDialog.open) return;  // a double tap
    const mine = wanted = { item, chosen, at };  // where the line is gone it may take a while: the last tap counts
    button?.setAttribute('aria-busy', 'true');
    try {
      const html = await formOf(line.insist, item, chosen, at);
      if (wanted !== mine || dishDialog.open) return;
      dishDialog.innerHTML = html;
      sheet.show(form());
      editing = at;
      dialogs.open(dishDialog);
      dishDialog.scrollTop = 0;
    } catch (error) {
      if (wanted === mine && error instanceof line.Refused) refused(error);
    } finally {
      if (wanted === mine) wanted = null;
      button?.removeAttribute('aria-busy');
    }
  }

  // Something ran out or came back while a dish was open: the same form again, at the same place.
  async function refill() {
    if (!dishDialog.open || !form()) return;
    for (let tries = 0; tries < 3; tries++) {
      const chosen = sheet.read(form());
      let html;
      try { html = await formOf(line.call, chosen.item_id, chosen, editing); } catch { return; }
      if (!dishDialog.open || !form()) return;
      if (JSON.stringify(sheet.read(form())) !== JSON.stringify(chosen)) continue;  // a tap came in between: it counts
      dialogs.redraw(dishDialog, html);
      sheet.show(form());
      break;
    }
  }

  dishDialog.addEventListener('change', event => sheet.changed(form(), event.target));
  dishDialog.addEventListener('click', event => {
    const step = event.target.closest('[data-step]');
    if (step) sheet.step(form(), step);
  });
  dishDialog.addEventListener('submit', event => {
    event.preventDefault();
    if (!dishDialog.open || sheet.missing(form())) return;  // a double tap, or an answer that is wanted
    const chosen = sheet.read(form());
    if (!store.put(chosen, editing)) { dialogs.tell(tooMuch()); return; }
    dialogs.close(dishDialog);
    if (editing < 0) dialogs.tell(words.added.replace('{name}', chosen.name));
    editing = -1;
    reprice();
  });

  document.querySelector('main').addEventListener('click', event => {
    const button = event.target.closest('[data-dish]');
    if (!button) return;
    if (button.getAttribute('aria-disabled') === 'true') {
      dialogs.tell(words.is_out.replace('{name}', button.querySelector('.name').textContent));
    } else openDish(button, button.dataset.dish);
  });

  // -- the basket --------------------------------------------------------------------------------------------------

  function bar(total) {
    const now = store.basket();
    by('basket-bar').hidden = !now.lines.length;
    page.classList.toggle('with-basket', now.lines.length > 0);
    by('basket-count').textContent = store.count(now);
    if (total) by('basket-total').textContent = total;
  }

  async function reprice() {
    const mine = ++pricing;
    const now = store.basket();
    bar();
    if (!now.lines.length && !basketDialog.open) return null;
    let told;
    try {
      const lines = now.lines.slice(0, store.MAX_LINES).map(store.sent);
      told = await line.insist(`${here}/basket`, { lines, dining: now.dining, name: now.name, order_id: now.order_id });
    } catch (error) { refused(error); return null; }
    if (mine !== pricing) return null;
    if (told.taken && !store.basket().sending) {  // at another terminal, to which this page had gone
      store.ordered(told.taken.order, told.taken.number, { order_id: now.order_id, sent: now });
      ordered = true;
      location.reload();
      return null;
    }
    const kept = store.basket();
    kept.total = told.total_minor;
    store.keep(kept);
    if (basketDialog.open) looked = told;
    bar(isTooMuch() ? '' : told.total);
    // The number for the kiosk stays until its guest goes on, whatever happens in the shop meanwhile.
    if (!basketDialog.open || !basketDialog.querySelector('.parked')) dialogs.redraw(basketDialog, told.html);
    if (sending) isSent();
    if (isTooMuch()) problem(tooMuch());
    return told;
  }

  // A kiosk's basket may be larger than an order from a phone: the first lines are seen, and some must be taken out.
  const isTooMuch = () => store.basket().lines.length > store.MAX_LINES;
  const tooMuch = () => words.too_many_lines.replace('{most}', store.MAX_LINES);

  function problem(text) {
    const told = by('order-problem');
    if (told) { told.textContent = text; told.scrollIntoView({ block: 'center' }); }
  }

  // What it costs was looked at: from here on that is what the guest has seen. Until then it stands there what it was.
  basketDialog.addEventListener('close', () => {
    const kept = store.basket(), told = looked;
    looked = null;
    if (told?.units.length !== Math.min(kept.lines.length, store.MAX_LINES)) return;  // changed since
    told.units.forEach((unit, n) => { if (unit !== null) kept.lines[n].seen_minor = unit; });
    store.keep(kept);
  });

  // What this phone knows of its order by itself, for as long as the shop doesn't say what it costs.
  function showKnown() {
    const list = document.createElement('ul');
    list.className = 'receipt known';
    for (const { quantity, name } of store.basket().lines) {
      const row = list.appendChild(document.createElement('li'));
      const many = document.createElement('span'), what = document.createElement('strong');
      many.className = 'number soft';
      many.textContent = `${quantity} ×`;
      what.textContent = name ?? '';
      what.dir = 'auto';
      row.append(many, what);
    }
    const head = basketDialog.querySelector('.sheet-head');
    while (head.nextSibling && head.nextSibling !== by('toast')) head.nextSibling.remove();
    head.after(list);
  }

  const isShown = () => basketDialog.querySelectorAll('[data-line]').length
    === Math.min(store.basket().lines.length, store.MAX_LINES);

  async function openBasket() {
    wanted = null;
    const showing = reprice();
    dialogs.open(basketDialog);
    const late = setTimeout(() => { if (basketDialog.open && !isShown()) showKnown(); }, KNOWN_AFTER_MS);
    await showing;
    clearTimeout(late);
  }

  // At once, on however weak a line: what is seen is what the next tap means.
  function takeOut(row) {
    const rows = [...basketDialog.querySelectorAll('[data-line]')];
    const next = rows[rows.indexOf(row) + 1] ?? rows[rows.indexOf(row) - 1];
    if (row.contains(document.activeElement)) (next?.querySelector('button') ?? by('basket-title')).focus({ preventScroll: true });
    row.remove();
    if (!next) by('order').disabled = true;
    rows.filter(one => one !== row).forEach((one, n) => { one.dataset.line = n; });
    dialogs.moves();
  }

  by('open-basket').addEventListener('click', openBasket);
  basketDialog.addEventListener('input', event => {
    const now = store.basket();
    if (event.target.name === 'dining') now.dining = event.target.checked ? event.target.value : 'here';
    if (event.target.name === 'name') now.name = event.target.value;
    store.keep(now);
  });
  basketDialog.addEventListener('click', event => {
    if (event.target.closest('#order')) { order(); return; }
    if (event.target.closest('[data-park]')) { park(); return; }
    if (event.target.closest('[data-keep]')) { basketDialog.querySelector('.parked').remove(); reprice(); return; }
    if (event.target.closest('[data-moved]')) { moved(); return; }
    const row = event.target.closest('[data-line]');
    const button = event.target.closest('button');
    if (!row || !button || store.basket().sending) return;
    const at = Number(row.dataset.line);
    const now = store.basket();
    const one = now.lines[at];
    if (!one) return;
    if ('edit' in button.dataset) { openDish(button, one.item_id, one, at); return; }
    if ('more' in button.dataset) one.quantity = Math.min(store.MAX_QUANTITY, one.quantity + 1);
    else if ('fewer' in button.dataset) one.quantity = Number(button.dataset.fewer);
    else if ('remove' in button.dataset || one.quantity <= 1) {
      now.lines.splice(at, 1);
      takeOut(row);
      dialogs.tell(words.removed.replace('{name}', one.name ?? ''), words.undo, () => {
        const later = store.basket();
        later.lines.splice(at, 0, one);
        store.keep(later);
        reprice();
      });
    } else one.quantity -= 1;
    row.querySelector('output').textContent = one.quantity;
    store.keep(now);
    reprice();
  });

  // -- to a kiosk, and from one or from an order of before ---------------------------------------------------------

  async function park() {
    if (store.basket().sending) return;  // it may be taken already
    if (isTooMuch()) { problem(tooMuch()); return; }
    const now = store.basket();
    const lines = now.lines.map(({ seen_minor, name, ...wish }) => wish);
    try {
      const told = await line.insist(`${here}/park`, { command_id: store.uuid(), lines, dining: now.dining });
      basketDialog.innerHTML = told.html;
      dialogs.moves();
      basketDialog.querySelector('h2').focus();
    } catch (error) { refused(error); }
  }

  // It is ordered there: here it would only be ordered once more.
  function moved() {
    const { lines, ...now } = store.basket();
    store.keep({ ...now, lines: [] });
    dialogs.close(basketDialog);
    dialogs.tell(words.at_kiosk_now, words.undo, () => {
      for (const one of lines) store.put(one);
      reprice();
    });
    reprice();
  }

  async function takeUp(from, say) {
    history.replaceState(null, '', location.pathname + location.search);
    try {
      const told = await line.insist(`${here}/${from}`);
      const now = store.basket();
      if (!now.lines.length) store.keep({ ...now, dining: told.dining });
      for (const one of told.lines) store.put(one, -1, Infinity);
      if (say) dialogs.tell(say);
      openBasket();
    } catch (error) { refused(error); }
  }

  // -- ordering ----------------------------------------------------------------------------------------------------

  function isSent() {
    const button = by('order');
    if (!button) return;
    button.setAttribute('aria-disabled', 'true');
    button.querySelector('span').textContent = button.dataset.sending;
  }

  async function order() {
    if (sending) return;  // a double tap
    if (isTooMuch()) { problem(tooMuch()); return; }
    sending = true;
    const now = store.sends();
    isSent();
    try {
      const taken = await line.insist(`${here}/order`, asSent(now));
      store.ordered(taken.order, taken.number, now);
      ordered = true;
      const there = `/phone/o/${taken.order}?lang=${document.documentElement.lang}`;
      if (history.state?.dialog) location.replace(there);  // back from it is the menu, and no basket that is empty
      else location.assign(there);
    } catch (error) {
      store.unsent();
      sending = false;
      if (!(error instanceof line.Refused)) throw error;
      if (['old_link', 'bad_link'].includes(error.code)) { location.reload(); return; }
      await reprice();
      problem(error.message);
    }
  }

  const asSent = ({ command_id, order_id, sent }) => ({
    command_id, order_id, lines: sent.lines.map(store.sent), dining: sent.dining, name: sent.name,
    seen_total_minor: sent.total,
  });

  // What was sent and not answered. Some minutes later nobody waits for it any more, and may have ordered otherwise: then
  // the shop is asked what became of it, and the guest, who sees the order, whether to send it.
  async function goOn() {
    const now = store.basket();
    if (Date.now() - (now.sent?.at ?? 0) < SENT_AGAIN_MS) { await openBasket(); order(); return; }
    if (now.sent) {
      try {
        const taken = await line.insist(`${here}/order`, { ...asSent(now), resume: true });
        store.ordered(taken.order, taken.number, now);
        location.reload();
        return;
      } catch (error) {
        if (!(error instanceof line.Refused)) throw error;
        if (error.code !== 'not_ordered') { refused(error); return; }
      }
    }
    store.unsent();
    openBasket();
  }

  // -- as it happens -----------------------------------------------------------------------------------------------

  function orderBar(told) {
    const strip = by('orders');
    let chip = strip.querySelector(`[data-order="${CSS.escape(told.order)}"]`);
    if (told.done) { store.forget(told.order); chip?.remove(); }
    else {
      chip ??= strip.appendChild(document.createElement('a'));
      chip.dataset.order = told.order;
      chip.href = `/phone/o/${encodeURIComponent(told.order)}?lang=${document.documentElement.lang}`;
      chip.className = `order-chip ${told.state}`;
      const number = document.createElement('strong'), text = document.createElement('span');
      number.textContent = told.number;
      text.textContent = told.say;
      chip.replaceChildren(number, text);
    }
    strip.hidden = !strip.children.length;
  }

  const known = page.dataset.menu;
  let soon = 0, fresh = true;  // the page is as new as the first news
  const orders = store.orders().map(one => one.link);
  const query = () => new URLSearchParams([['visit', visit], ...orders.map(link => ['order', link])]);
  line.follow(query, told => {
    if (told.order) { orderBar(told); return; }
    menu.paint(told.dishes);
    if (told.menu && told.menu !== known) {
      dialogs.tell(words.new_menu, words.show_new_menu, () => location.reload());
    }
    if (fresh) { fresh = false; return; }
    clearTimeout(soon);
    soon = setTimeout(() => { refill(); if (!store.basket().sending) reprice(); }, Math.random() * 800);
  }, () => { if (!store.basket().sending) reprice(); });

  addEventListener('storage', () => reprice());  // another tab of the same phone
  addEventListener('pageshow', event => { if (event.persisted) location.reload(); });
  const doingNow = () => ({
    at: window.scrollY > 0 ? menu.inSight() : undefined,
    typed: by('search').value || undefined,
    basket: basketDialog.open,
    ...dishDialog.open && form() ? { line: sheet.read(form()), editing }
      : wanted && { line: { ...wanted.chosen, item_id: wanted.item }, editing: wanted.at },
  });
  line.onLeaving(doingNow);
  const leave = () => store.leave(ordered ? {} : doingNow());
  addEventListener('pagehide', leave);
  addEventListener('visibilitychange', () => { if (document.hidden) leave(); });  // it may be ended unseen
  bar();
  if (doing.at && (carried || type === 'navigate')) menu.comeTo(doing.at);  // else the browser comes to where it was
  dialogs.settled().then(() => {
    const { hash } = location;
    if (store.basket().sending && store.basket().lines.length) { goOn(); return; }
    if (hash.startsWith('#take=')) takeUp(`parked/${encodeURIComponent(hash.slice(6))}`, words.handed_over);
    else if (hash.startsWith('#again=')) takeUp(`again/${encodeURIComponent(hash.slice(7))}`);
    else if (doing.basket) openBasket();
    else reprice();
    if (doing.line) openDish(null, doing.line.item_id, doing.line.quantity && doing.line, doing.editing);
  });
}
