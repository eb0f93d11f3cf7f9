// The page of one order: as it goes on, so does the page.
import * as line from './line.js';
import * as store from './store.js';

const page = document.body;
const by = id => document.getElementById(id);

export function orderPage() {
  const link = page.dataset.order;
  const again = document.querySelector('[data-again]');
  if (store.visit()) {
    const menu = `/phone/v/${store.visit()}/?lang=${document.documentElement.lang}`;
    document.querySelector('[data-back]').href = menu;
    again.href = `${menu}#again=${link}`;
  }
  let last = by('live').dataset.status;
  // Not before the first round is there: who is still to pay would believe that this is how.
  const offer = () => { again.hidden = !again.href || !['ready', 'collected', 'voided'].includes(last); };
  offer();
  const told = news => {
    if (news.order !== link) return;
    const main = document.querySelector('main');
    const template = document.createElement('template');
    template.innerHTML = news.html;
    if (template.content.firstElementChild.outerHTML !== by('live').outerHTML) main.replaceChildren(template.content);
    if (news.state === 'ready' && last !== 'ready') navigator.vibrate?.([200, 100, 200]);
    last = news.state;
    offer();
    document.title = `${news.number} · ${news.say}`;
  };
  const ask = () => line.call(`/phone/o/${link}/now`).then(told, error => {
    if (error instanceof line.Refused && ['old_link', 'bad_link'].includes(error.code)) location.reload();
  });
  line.follow(() => new URLSearchParams([['order', link]]), told, ask);
}
