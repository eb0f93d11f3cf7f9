// What all pages share: making elements, saying numbers and times, asking the API, hearing what changes.

/** An element; attributes by name, `on…` as listeners, children as nodes or text. Never HTML from data. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const $ = (id) => document.getElementById(id);
export const show = (id, ...children) => $(id).replaceChildren(...children);
export const put = (id, text) => { if ($(id).textContent !== text) $(id).textContent = text; };

// -- numbers and times ------------------------------------------------------------------------------------------------

const formats = new Map();

// ISO 4217's, where they are not 2. Not the browser's: of a currency whose coins are out of use it knows none.
const DIGITS = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
  3: "BHD IQD JOD KWD LYD OMR TND",
  4: "CLF UYW",
};
const digitsOf = new Map(Object.entries(DIGITS).flatMap(([n, names]) => names.split(" ").map((name) => [name, Number(n)])));

/** How many minor units' digits a currency has: 2 for EUR, 0 for JPY. */
export const minorDigits = (currency) => digitsOf.get(currency) ?? 2;

function moneyFormat(currency) {
  if (!formats.has(currency)) {
    const digits = { minimumFractionDigits: minorDigits(currency), maximumFractionDigits: minorDigits(currency) };
    let format;
    try {
      format = new Intl.NumberFormat(undefined, { style: "currency", currency, ...digits });
    } catch {
      format = new Intl.NumberFormat(undefined, digits);
    }
    formats.set(currency, format);
  }
  return formats.get(currency);
}

export const money = (minor, currency) => moneyFormat(currency || "XXX").format(minor / 10 ** minorDigits(currency));

/** Without minor units: for the labels of a chart. */
export function moneyShort(minor, currency) {
  const whole = { style: "currency", currency, notation: "compact", maximumSignificantDigits: 3 };
  return new Intl.NumberFormat(undefined, whole).format(minor / 10 ** minorDigits(currency));
}

export const count = (n, one, many) => `${n.toLocaleString()} ${n === 1 ? one : many}`;

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const clockExact = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3,
});
const dayLong = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const dayShort = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });

export const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
export const atClock = (at) => clock.format(new Date(at));
export const atExact = (at) => clockExact.format(new Date(at));
export const onDay = (at) => dayShort.format(new Date(at));
/** A business day is a calendar day and no moment: no time zone moves it. */
export const sayDay = (day) => dayLong.format(new Date(`${day}T12:00:00`));

export const isToday = (at) => new Date(at).toDateString() === new Date().toDateString();
export const atWhen = (at) => (isToday(at) ? atClock(at) : `${onDay(at)}, ${atClock(at)}`);

/** "just now", "4 min", "3 h", "9 days". */
export function ago(at) {
  const seconds = Math.max(0, (Date.now() - Date.parse(at)) / 1000);
  if (seconds < 10) return "just now";
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 2 * 86400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} days`;
}

export const STATUS = {
  placed: ["Placed", "info"], accepted: ["Accepted", "info"], in_preparation: ["In preparation", "warn"],
  ready: ["Ready", "good"], collected: ["Collected", ""], voided: ["Voided", "bad"],
};

export function statusPill(status) {
  const [text, tone] = STATUS[status] ?? [status, ""];
  return h("span", { class: `pill ${tone}` }, text);
}

// -- the API ----------------------------------------------------------------------------------------------------------

/** Asks; answers the JSON, or throws an Error whose message is the server's sentence. */
export async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", ...options });
  } catch {
    throw new Error("Head office's server does not answer. Check that it runs, then try again.");
  }
  if (answer.status === 401) {
    location.reload(); // the session is over: the page that says so comes instead
    throw new Error("Please sign in again.");
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.text || `The server answered ${answer.status}.`);
  return said;
}

/** A command with an id of its own; sent again by the caller with the same `id`, it happens once. */
export function command(name, fields, id = crypto.randomUUID()) {
  const body = JSON.stringify({ command_id: id, ...fields });
  return ask(`/v1/commands/${name}`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;
const SILENT_AFTER_MS = 2000;

/** A websocket that comes back by itself. `path()` is asked anew each time, so that it can carry a cursor. */
export function listen(path, onMessage) {
  let pause = FIRST_PAUSE_MS;
  let lostAt = performance.now();
  const open = () => {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path()}`);
    socket.onmessage = (message) => {
      pause = FIRST_PAUSE_MS;
      lostAt = 0;
      sayLive(true);
      onMessage(JSON.parse(message.data));
    };
    socket.onopen = () => { lostAt = 0; sayLive(true); };
    socket.onclose = (closed) => {
      if (closed.code === 4401) return location.reload();
      lostAt ||= performance.now();
      if (performance.now() - lostAt > SILENT_AFTER_MS) sayLive(false);
      setTimeout(open, pause * (0.75 + Math.random() / 2));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    };
  };
  open();
}

export function sayLive(live) {
  document.body.classList.toggle("stale", !live);
  const text = live ? "Live" : "Connecting again…";
  if ($("live").textContent !== text) {
    show("live", h("span", { class: `dot ${live ? "good" : "warn"}`, "aria-hidden": "true" }), text);
  }
}
