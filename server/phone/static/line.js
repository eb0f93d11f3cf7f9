// The line to the shop: calls that wait for a better moment, news as it happens, and another terminal when this one dies.
import * as store from './store.js';

const PATIENCE_MS = 8000;
const ROUND_MS = 1000;
const PROBE_MS = 2500;
const SAID_AFTER_MS = 1200;
const SLOW_MS = 3000;  // who waits for an answer is told so; a terminal that froze is given up later
const ROUNDS_BEFORE_MOVING = 3;  // a blip of the Wi-Fi, or a terminal that starts anew, is over by then
const POLL_MS = 5000;
const SILENT_MS = 12000;  // the shop says something every five seconds
const MAX_WAIT_MS = 8000;
const AGAIN_MS = 400;

export const words = JSON.parse(document.body.dataset.say || '{}');
const others = (document.body.dataset.others || '').split(' ').filter(Boolean);
const language = document.documentElement.lang;

export class Away extends Error {}
export class Refused extends Error {
  constructor(code, text, status) { super(text); this.code = code; this.status = status; }
}

async function within(ms, url, options = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), ms);
  try { return await fetch(url, { ...options, signal: stop.signal }); }
  catch { throw new Away(url); }
  finally { clearTimeout(timer); }
}

// An answer of the shop, as text or JSON. Away: nobody answered; Refused: the shop said no, in words.
export async function call(path, body) {
  const options = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  options.headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  let answer, text, isSaid = false;
  const slow = setTimeout(() => { isSaid = true; say(words.offline); }, SLOW_MS);
  try {
    answer = await within(PATIENCE_MS, path + (path.includes('?') ? '&' : '?') + 'lang=' + language, options);
    text = await answer.text();
    if (isSaid && !searching) say('');
  } catch { lost(); throw new Away(path); }
  finally { clearTimeout(slow); }
  const json = answer.headers.get('content-type')?.includes('json');
  const value = json ? JSON.parse(text) : text;
  if (answer.ok) return value;
  if (answer.status >= 500) { lost(); throw new Away(path); }
  throw new Refused(value.code || 'refused', value.text || '', answer.status);
}

// As `call`, but waits and asks again until there is an answer. Only for what may be asked twice. Where more is asked than
// the shop answers, which may be others behind the same router, it waits for some seconds before that is told.
export async function insist(path, body) {
  for (let pause = AGAIN_MS; ; pause = Math.min(MAX_WAIT_MS, pause * 2)) {
    try {
      const answer = await call(path, body);
      if (pause > AGAIN_MS) say('');
      return answer;
    } catch (error) {
      if (pause > AGAIN_MS) say('');
      const crowded = error.status === 429 && pause < MAX_WAIT_MS;
      if (!(error instanceof Away) && !crowded) throw error;
    }
    await back();
    if (pause > AGAIN_MS) say(words.offline);  // it is there and can't: a full disk, more than it can do right now
    await new Promise(done => setTimeout(done, pause));
  }
}

// -- away, and back -----------------------------------------------------------------------------------------------

let searching = null;
let doing = () => ({});

// What the guest is doing, for the page at the terminal that takes over.
export function onLeaving(tell) { doing = tell; }

const bar = document.getElementById('bar');

function say(text) {
  if (!bar) return;
  bar.textContent = text;
  bar.hidden = !text;
  const sheet = document.querySelector('dialog[open]');  // what is open lies above all else
  if (text && sheet) sheet.prepend(bar);
  else if (bar.parentElement !== document.body) document.querySelector('main').before(bar);
}

for (const moved of ['open', 'close']) {
  document.addEventListener(moved, () => { if (bar && !bar.hidden) say(bar.textContent); }, true);
}

export const back = () => searching ?? Promise.resolve();

export function lost() {
  searching ??= search().finally(() => { searching = null; });
}

const alive = base => within(PROBE_MS, base + '/phone/alive', { cache: 'no-store' }).then(answer => {
  if (!answer.ok) throw new Away(base);
  return base;
});

async function search() {
  const said = setTimeout(() => say(words.offline), SAID_AFTER_MS);
  try {
    for (let rounds = 1; ; rounds++) {
      const round = [alive('').catch(() => null), Promise.any(others.map(alive)).catch(() => null)];
      const [own, other] = await Promise.all(round);
      if (own !== null) return;
      if (other && rounds >= ROUNDS_BEFORE_MOVING) {
        say(words.moved);
        const carried = store.carry(doing());
        await unstacked();
        location.replace(`${other}${location.pathname}?lang=${language}#carry=${carried}`);
        await new Promise(() => {});  // this page ends here
      }
      await new Promise(done => setTimeout(done, ROUND_MS));
    }
  } finally {
    clearTimeout(said);
    say('');
  }
}

// What is open has its own place in the history: behind it this page, which is to be left, would stay.
async function unstacked() {
  while (history.state?.dialog) {
    const gone = new Promise(done => addEventListener('popstate', done, { once: true }));
    history.back();
    await gone;
  }
}

addEventListener('offline', lost);

// -- news ---------------------------------------------------------------------------------------------------------

// Calls `told(message)` for what happens, by websocket; where none comes through, `poll` is called every few seconds.
export function follow(query, told, poll) {
  let wait = 500, failures = 0, heard = 0, socket = null;
  const open = () => {
    const mine = socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/phone/live?${query()}&lang=${language}`);
    heard = Date.now();
    mine.onmessage = message => {
      failures = 0;
      wait = 500;
      heard = Date.now();
      if (message.data !== '{}') told(JSON.parse(message.data));
    };
    mine.onclose = event => {
      if (mine !== socket) return;  // it was given up before
      socket = null;
      if (event.code === 4400) { poll(); return; }  // the link has run out: the page says so when it is asked
      failures += 1;
      if (event.code !== 4429) lost();
      if (failures > 2) poll();
      setTimeout(() => back().then(open), wait + Math.random() * wait);
      wait = Math.min(MAX_WAIT_MS, wait * 2);
    };
  };
  open();
  setInterval(() => {
    if (failures > 2 && !document.hidden) poll();
    if (socket && Date.now() - heard > SILENT_MS) {  // frozen, or a line that only looks alive
      const { onclose } = socket;
      socket.close();
      onclose({ code: 1006 });
    }
  }, POLL_MS);
  addEventListener('visibilitychange', () => { if (!document.hidden && !socket) poll(); });
}
