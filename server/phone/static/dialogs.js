// Sheets that come up from below. The phone's back button closes them, as one expects.
const toast = document.getElementById('toast');
let fading = 0;

export function open(dialog, focus = 'h2') {
  if (dialog.open) return;
  dialog.classList.remove('scrolled');
  dialog.showModal();
  moves();
  dialog.dispatchEvent(new Event('open'));
  history.pushState({ dialog: dialog.id }, '');
  dialog.querySelector(focus)?.focus();
}

export function close(dialog) {
  if (!dialog.open) return;
  dialog.close();
}

export function prepare(dialog) {
  dialog.tabIndex = -1;  // what scrolls would be a stop of its own for keys
  // What comes up to the button that closes goes under a bar from there on.
  dialog.addEventListener('scroll', () => {
    const bar = dialog.querySelector('.sheet-close')?.getBoundingClientRect();
    const heading = dialog.querySelector('h2')?.getBoundingClientRect();
    dialog.classList.toggle('scrolled', dialog.scrollTop > 0 && Boolean(bar) && heading.top < bar.bottom);
  });
  dialog.addEventListener('close', () => {
    moves();
    if (dialog.contains(toast)) document.body.append(toast);
    if (history.state?.dialog === dialog.id) history.back();
  });
  dialog.addEventListener('click', event => {
    if (event.target === dialog ? isBeside(dialog, event) : event.target.closest('[data-action=close]')) close(dialog);
  });
}

// A tap whose button was drawn anew under the finger is told of the whole sheet, too: only one beside it closes it.
function isBeside(dialog, { clientX, clientY }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

// When a sheet has come, gone or moved under a finger, the second half of a double tap was meant for what was there before.
const REST_MS = 300, NEAR_PX = 40;
let tapped, rest;

function rests(event) {
  if (!event.detail) return;  // a key
  if (rest && event.timeStamp < rest.until && Math.hypot(event.clientX - rest.x, event.clientY - rest.y) < NEAR_PX) {
    event.preventDefault();
    event.stopPropagation();
  } else tapped = event;
}

document.addEventListener('click', rests, true);

// Something moves, because of the last tap.
export function moves() {
  if (tapped) rest = { x: tapped.clientX, y: tapped.clientY, until: performance.now() + REST_MS };
}

// The place in the history where a sheet was open that is open no more: after a reload, or when one goes forward.
const isStale = () => Boolean(history.state?.dialog) && !document.getElementById(history.state.dialog)?.open;
let settling = null;

async function unwind() {
  while (isStale()) {
    const gone = new Promise(done => addEventListener('popstate', done, { once: true }));
    history.back();
    await gone;
  }
}

// When the page stands in the history where nothing was open, or where what is open was opened.
export function settled() {
  settling ??= unwind().finally(() => { settling = null; });
  return settling;
}

addEventListener('popstate', () => {
  for (const dialog of document.querySelectorAll('dialog[open]')) {
    if (history.state?.dialog !== dialog.id) dialog.close();
  }
  if (isStale() && !settling) history.replaceState(null, '');  // come to by going forward, which goes on from here
});

// What stands in for a control in markup that was made anew: the same id, the same choice, the same button of a line.
function likeness(dialog, one) {
  if (!dialog.contains(one)) return '';
  if (one.id) return `#${CSS.escape(one.id)}`;
  if (one.name) return `[name="${CSS.escape(one.name)}"][value="${CSS.escape(one.value)}"]`;
  const kind = [...one.attributes].find(each => each.name.startsWith('data-') && each.name !== 'data-line')?.name;
  const row = one.closest('[data-line]')?.dataset.line;
  const within = row === undefined ? '' : `[data-line="${row}"] `;
  return kind ? `${within}[${kind}]` : within && `${within}button`;
}

// New markup in a sheet. Who is at a button stays there, what is being typed goes on, and a word with its "undo" is seen.
export function redraw(dialog, markup) {
  const focused = document.activeElement, top = dialog.scrollTop, said = dialog.contains(toast);
  const again = likeness(dialog, focused), typed = focused?.type === 'text' && again ? focused : null;
  const caret = typed && [typed.selectionStart, typed.selectionEnd];
  dialog.innerHTML = markup;
  if (said) dialog.append(toast);
  dialog.scrollTop = top;
  if (!dialog.open) return;
  if (toast.contains(focused)) { focused.focus({ preventScroll: true }); return; }
  const row = again.match(/^\[data-line="\d+"\]/)?.[0];
  const found = again && dialog.querySelector(again) || row && dialog.querySelector(`${row} button`)
    || dialog.querySelector('h2');
  if (typed && found.type === 'text') { found.value = typed.value; found.setSelectionRange(...caret); }
  found?.focus({ preventScroll: true });
}

export function tell(text, action, act) {
  clearTimeout(fading);
  const said = document.createElement('span');
  said.className = 'said';
  said.textContent = text;
  toast.replaceChildren(said);
  if (action) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = action;
    button.onclick = () => { toast.textContent = ''; act(); };
    toast.append(button);
  }
  // Above an open sheet too: that is in the browser's top layer.
  (document.querySelector('dialog[open]') ?? document.body).append(toast);
  fading = setTimeout(() => { toast.textContent = ''; }, action ? 7000 : 4000);
}
