// A dish's form: counts within each question's limits, adds up, says what is missing, and reads the form as a line.
import { moves, tell } from './dialogs.js';
import { words } from './line.js';

// Money as the shop's own pages write it: `data-zero` is nothing in the menu's currency, `0,00 €`; where that is shorter
// in `data-nothing`, whole amounts are written without decimals.
let money;
export function price(minor) {
  if (!money) {
    const { zero: longest, nothing } = document.body.dataset;
    const [, before, zero, after] = longest.match(/^(\D*)(0(?:\D0+)?)(\D*)$/);
    const places = Math.max(0, zero.length - 2);
    const form = digits => new Intl.NumberFormat(document.documentElement.lang, {
      numberingSystem: 'latn', minimumFractionDigits: digits, maximumFractionDigits: digits,
    });
    const exact = form(places), whole = nothing === longest ? exact : form(0);
    money = value => before + (value % 10 ** places ? exact : whole).format(value / 10 ** places) + after;
  }
  return money(minor);
}

// In a sentence that runs from right to left a price keeps its own direction.
const apart = text => document.documentElement.dir === 'rtl' ? `\u2068${text}\u2069` : text;

const shown = field => !field.closest('[data-inside]')?.hidden;
const picked = field => [...field.querySelectorAll('input:checked')];
const pieces = input => Number(input.dataset.count);
const chosenIn = field => picked(field).reduce((sum, input) => sum + pieces(input), 0);
const fields = (form, kind) => [...form.querySelectorAll(`fieldset[data-kind=${kind}]`)].filter(shown);

// How often a question's answers count: what is asked about a combo's dish, for each piece of it.
const holder = inside => inside.parentElement.querySelector(
  `fieldset[data-kind=slot] input[value="${CSS.escape(inside.dataset.inside)}"]`);
const times = field => { const inside = field.closest('[data-inside]'); return inside ? pieces(holder(inside)) : 1; };

export function unit(form) {
  return ['variation', 'group', 'slot'].flatMap(kind => fields(form, kind)).reduce((sum, field) => sum + times(field)
    * picked(field).reduce((all, input) => all + Number(input.dataset.price) * pieces(input), 0), Number(form.dataset.base));
}

// What the cheapest answer to all that is missing costs; one may be given several times.
function due(form) {
  return ['group', 'slot'].flatMap(kind => fields(form, kind)).reduce((sum, field) => {
    const lack = Math.max(0, Number(field.dataset.min) - chosenIn(field));
    const prices = [...field.querySelectorAll('input:not(:disabled)')].map(input => Number(input.dataset.price));
    return sum + (prices.length ? times(field) * lack * Math.min(...prices) : 0);
  }, 0);
}

const modifiers = list => list.flatMap(picked).map(input => ({ modifier_id: input.value, quantity: pieces(input) }));

export function read(form) {
  const line = { item_id: form.dataset.item, quantity: Number(form.querySelector('[data-stepper=quantity] output').value) };
  const [variation] = fields(form, 'variation').flatMap(picked);
  if (variation) line.variation_id = variation.value;
  line.modifiers = modifiers(fields(form, 'group').filter(field => !field.dataset.slot));
  line.without = fields(form, 'without').flatMap(picked).filter(input => !('fixed' in input.dataset)).map(input => input.value);
  line.choices = fields(form, 'slot').flatMap(field => picked(field).map(input => {
    const inside = field.parentElement.querySelector(`[data-inside="${CSS.escape(input.value)}"]`);
    const choice = { slot_id: field.dataset.slot, item_id: input.value };
    if (input.dataset.variation) choice.variation_id = input.dataset.variation;
    choice.modifiers = inside ? modifiers([...inside.querySelectorAll('fieldset[data-kind=group]')]) : [];
    return Array(pieces(input)).fill(choice);
  }).flat());
  line.seen_minor = unit(form);
  line.name = form.dataset.name;
  return line;
}

// Whether a question is seen whole, between what closes the form and its foot.
const fits = (form, field) => field.offsetHeight <= form.parentElement.clientHeight
    - form.querySelector('.sheet-close').offsetHeight - form.querySelector('.sheet-foot').offsetHeight;

// The first question without its answer, pointed at; null when all is said.
export function missing(form) {
  for (const field of form.querySelectorAll('fieldset')) {
    const text = shown(field) && chosenIn(field) < Number(field.dataset.min) ? field.dataset.missing : '';
    field.classList.toggle('asked', Boolean(text));
    field.querySelector('.missing').textContent = text;
    if (!text) continue;
    field.scrollIntoView({ block: fits(form, field) ? 'center' : 'start' });
    moves();
    field.querySelector('input:not(:disabled)')?.focus({ preventScroll: true });
    return field;
  }
  return null;
}

// Beside a question that must be answered: how many choices, or that it is.
function tellRules(form) {
  for (const rule of form.querySelectorAll('.rule.must')) {
    const field = rule.closest('fieldset');
    const done = chosenIn(field) >= Number(field.dataset.min);
    rule.classList.toggle('done', done);
    rule.textContent = done ? rule.dataset.done : rule.dataset.open;
  }
}

export function show(form) {
  tellRules(form);
  const quantity = Number(form.querySelector('[data-stepper=quantity] output').value);
  for (const inside of form.querySelectorAll('[data-inside]')) {
    inside.hidden = !holder(inside)?.checked;
  }
  const more = due(form);
  const amount = price((unit(form) + more) * quantity);
  form.querySelector('[data-price]:not(input)').textContent = more > 0 ? words.from.replace('{price}', apart(amount)) : amount;
}

export function changed(form, input) {
  const field = input.closest('fieldset');
  const most = field.dataset.max === '' ? Infinity : Number(field.dataset.max);
  if (input.type === 'checkbox' && input.checked) {
    if (most === 1) for (const other of picked(field)) if (other !== input) other.checked = false;
    if (chosenIn(field) > most) {
      input.checked = false;
      tell(words.enough.replace('{n}', most).replace('{title}', field.querySelector('legend span').textContent));
    }
  }
  const stepper = input.closest('.with-count')?.querySelector('.stepper');
  if (stepper) {
    stepper.hidden = !input.checked;
    if (!input.checked) count(input, stepper, 1);
  }
  answered(field);
  show(form);
}

// What was missing is no longer pointed at once somebody answers.
function answered(field) {
  field.classList.remove('asked');
  field.querySelector('.missing').textContent = '';
}

function count(input, stepper, value) {
  if (input) input.dataset.count = value;
  stepper.querySelector('output').value = value;
}

export function step(form, button) {
  const stepper = button.closest('.stepper');
  const input = stepper.closest('.with-count')?.querySelector('input');
  const value = Number(stepper.querySelector('output').value) + Number(button.dataset.step);
  if (input && value < 1) { input.checked = false; changed(form, input); input.focus(); return; }
  const field = input?.closest('fieldset');
  const most = field && field.dataset.max !== '' ? Number(field.dataset.max) - chosenIn(field) + pieces(input) : Infinity;
  count(input, stepper, Math.max(1, Math.min(Number(stepper.dataset.most), most, value)));
  if (field) answered(field);
  show(form);
}
