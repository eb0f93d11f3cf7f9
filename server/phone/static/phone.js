// The page's script: which page this is, and what its buttons do. What things are called and cost comes from the shop.
import { orderPage } from './following.js';
import { menuPage } from './ordering.js';
import { awaitPictures } from './pictures.js';
import * as store from './store.js';

const page = document.body;
const by = id => document.getElementById(id);
const doing = store.takeUp();
awaitPictures();

if (window.isSecureContext && 'serviceWorker' in navigator) {
  navigator.serviceWorker.register('/phone/sw.js').catch(() => {});
  if (page.dataset.visit || page.dataset.order) {
    navigator.serviceWorker.ready.then(worker => worker.active.postMessage({ keep: location.pathname + location.search }));
  }
}
by('language')?.addEventListener('change', event => event.target.form.submit());
document.addEventListener('click', event => { if (event.target.closest('[data-action=reload]')) location.reload(); });

// A link that opens nothing: without one at all this phone goes on with the visit that it had.
function sorryPage() {
  const { sorry } = page.dataset;
  if (sorry === 'no_link' && store.visit()) location.replace(`/phone/v/${store.visit()}/`);
  else if (sorry === 'not_here_yet') setTimeout(() => location.reload(), 2000);
  else if (location.pathname.includes(store.visit())) store.remember('');
}

if (page.dataset.visit) menuPage(doing);
else if (page.dataset.order) orderPage();
else if (page.dataset.sorry) sorryPage();
