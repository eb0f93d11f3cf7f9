// What this phone keeps: the basket with the ids under which it will be ordered, the orders, the visit's link.
// It is written before anything is sent, so that a reload in the middle goes on with the same ids.
const PREFIX = 'pilotlight.';
const memory = new Map();  // where the browser lets a page keep nothing

export const MAX_LINES = 60;
export const MAX_QUANTITY = 99;
const MAX_ORDERS = 8;

function get(name, otherwise) {
  let text = memory.get(name) ?? null;
  try { text = localStorage.getItem(PREFIX + name) ?? text; } catch { /* not allowed */ }
  try { return text === null ? otherwise : JSON.parse(text); } catch { return otherwise; }
}

function set(name, value) {
  const text = JSON.stringify(value);
  memory.set(name, text);
  try { localStorage.setItem(PREFIX + name, text); } catch { /* full, or not allowed */ }
}

// Not crypto.randomUUID: browsers have that only where the address is secure.
export function uuid() {
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  const hex = [...b].map(n => n.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const fresh = (dining = 'here', name = '') =>
  ({ command_id: uuid(), order_id: uuid(), lines: [], dining, name, sending: false, total: 0 });

const isBasket = value => value && Array.isArray(value.lines) && typeof value.command_id === 'string'
  && typeof value.order_id === 'string' && value.lines.every(line => line && typeof line.item_id === 'string');

export function basket() {
  const kept = get('basket', null);
  if (isBasket(kept)) return kept;
  const made = fresh();
  set('basket', made);
  return made;
}

export const keep = value => set('basket', value);
export const count = value => value.lines.reduce((sum, line) => sum + line.quantity, 0);

// An order is on its way, as it was sent: what is chosen meanwhile is none of it. The same when it is sent once more.
export function sends() {
  const now = basket();
  now.sending = true;
  now.sent ??= { at: Date.now(), lines: structuredClone(now.lines), dining: now.dining, name: now.name, total: now.total };
  keep(now);
  return now;
}

// It was not taken.
export function unsent() {
  const { sent: _, ...now } = basket();
  keep({ ...now, sending: false });
}

// Ids are used up only by an order that was taken: what was sent and never answered is sent with the same ones. What was
// chosen after it was sent is the next order.
export function ordered(link, number, { order_id, sent: { lines } }) {
  const before = basket();
  const others = orders().filter(one => one.link !== link);
  set('orders', [{ link, number, at: Date.now() }, ...others].slice(0, MAX_ORDERS));
  if (before.order_id !== order_id) return;  // another tab knows it already
  const taken = new Map();
  for (const one of lines) taken.set(chosen(one), (taken.get(chosen(one)) ?? 0) + one.quantity);
  const left = before.lines.flatMap(one => {
    const gone = Math.min(one.quantity, taken.get(chosen(one)) ?? 0);
    taken.set(chosen(one), (taken.get(chosen(one)) ?? 0) - gone);
    return gone < one.quantity ? [{ ...one, quantity: one.quantity - gone }] : [];
  });
  set('basket', { ...fresh(before.dining, before.name), lines: left });
}

export const orders = () => get('orders', []).filter(one => one && typeof one.link === 'string');
export const forget = link => set('orders', orders().filter(one => one.link !== link));
export const visit = () => get('visit', '');
export const remember = link => set('visit', link);

// What is wished for holds for this visit: a week later nobody wonders where the dishes are.
export const wish = keys => set('wishes', { visit: visit(), keys });
export function wishes() {
  const kept = get('wishes', null);
  return kept?.visit === visit() && Array.isArray(kept.keys) ? kept.keys : [];
}

// What the guest was doing on this page when it was left or loaded anew, for when it comes again. Of this tab alone.
const DOING = `${PREFIX}doing`;
export function leave(doing) {
  try { sessionStorage.setItem(DOING, JSON.stringify({ visit: visit(), doing })); } catch { /* full, or not allowed */ }
}
export function comeBack() {
  try {
    const left = JSON.parse(sessionStorage.getItem(DOING));
    sessionStorage.removeItem(DOING);
    return left?.visit === visit() ? left.doing ?? {} : {};
  } catch { return {}; }
}

const chosen = ({ quantity, seen_minor, name, ...rest }) => JSON.stringify(rest);

// Equal dishes share a line. False when the basket is full: `most` is how many lines it holds.
export function put(line, at = -1, most = MAX_LINES) {
  const now = basket();
  if (at >= 0 && now.lines[at]) now.lines[at] = line;
  else {
    const same = now.lines.find(one => chosen(one) === chosen(line));
    if (same) same.quantity = Math.min(MAX_QUANTITY, same.quantity + line.quantity);
    else if (now.lines.length >= most) return false;
    else now.lines.push(line);
  }
  keep(now);
  return true;
}

export const sent = line => { const { name, ...rest } = line; return rest; };

// To another terminal of the shop: in the part of the address that is never sent to a server.
export function carry(doing) {
  const all = { basket: basket(), orders: orders(), visit: visit(), wishes: wishes(), doing };
  const bytes = new TextEncoder().encode(JSON.stringify(all));
  return btoa(Array.from(bytes, b => String.fromCharCode(b)).join('')).replace(/\+/g, '-').replace(/\//g, '_');
}

// Answers with what the guest was doing there; null on a page that was not carried.
export function takeUp() {
  if (!location.hash.startsWith('#carry=')) return null;
  let doing = {};
  try {
    const text = atob(location.hash.slice(7).replace(/-/g, '+').replace(/_/g, '/'));
    const carried = JSON.parse(new TextDecoder().decode(Uint8Array.from(text, c => c.charCodeAt(0))));
    if (isBasket(carried.basket) && (carried.basket.lines.length || !basket().lines.length)) keep(carried.basket);
    const known = new Set(orders().map(one => one.link));
    const more = (Array.isArray(carried.orders) ? carried.orders : []).filter(one => one && !known.has(one.link));
    set('orders', [...orders(), ...more].slice(0, MAX_ORDERS));
    if (typeof carried.visit === 'string') remember(carried.visit);
    if (Array.isArray(carried.wishes)) wish(carried.wishes);
    doing = carried.doing ?? {};
  } catch { /* somebody cut the address short: what this phone has stays */ }
  history.replaceState(null, '', location.pathname + location.search);
  return doing;
}
