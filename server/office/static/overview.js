// Today: every store's line and sales as they happen.

import { $, ask, atClock, atWhen, count, h, listen, money, moneyShort, put, sayDay, statusPill, timeZone } from "./common.js";
import { lineState, menuState } from "./stores.js";

const AGAIN_MS = 5000; // how often "4 min ago" is said anew

let stores = [];
let sales = null;
let own = []; // head office's own warnings, in words
let shown = null; // order ids in the stream, to mark what is new

put("zone", timeZone);
listen(() => "/v1/watch?views=stores,sales", (told) => {
  if (told.view === "stores") {
    stores = told.all;
    drawAlarms();
  }
  if (told.view === "sales") {
    sales = told.all;
    drawLatest();
  }
  draw();
});
setInterval(() => { draw(); drawLatest(); askItself(); }, AGAIN_MS);
askItself();

function draw() {
  if (!sales) return;
  put("day", sayDay(sales.business_day));
  drawFigures();
  drawStores();
  drawHours();
}

/** Sums by currency, largest first: stores in two countries are never added up into one number. */
function sums() {
  const found = new Map();
  for (const one of Object.values(sales.stores)) {
    const sum = found.get(one.currency) ?? { currency: one.currency, total: 0, orders: 0, open: 0, voided: 0, tax: 0 };
    sum.total += one.total_minor;
    sum.orders += one.orders;
    sum.open += one.open;
    sum.voided += one.voided;
    sum.tax += one.tax_minor;
    found.set(one.currency, sum);
  }
  return [...found.values()].sort((a, b) => b.orders - a.orders);
}

function drawFigures() {
  const found = sums();
  const first = found[0] ?? { currency: known(), total: 0, orders: 0, tax: 0 };
  const orders = found.reduce((n, one) => n + one.orders, 0);
  const open = found.reduce((n, one) => n + one.open, 0);
  const voided = found.reduce((n, one) => n + one.voided, 0);
  const others = found.slice(1);
  put("total", first.currency ? money(first.total, first.currency) : "–");
  put("total-under", others.length
    ? others.map((one) => `and ${money(one.total, one.currency)}`).join(", ")
    : first.currency ? `of it tax ${money(first.tax, first.currency)}` : "No sales yet");
  put("orders", orders.toLocaleString());
  put("orders-under", [`${open.toLocaleString()} open`, voided ? `${voided.toLocaleString()} voided` : ""].filter(Boolean).join(", "));
  put("average", first.orders ? money(Math.round(first.total / first.orders), first.currency) : "–");
  put("average-under", others.length ? `in ${first.currency} only` : "per order that stands");
  const up = stores.filter((store) => store.line === "connected").length;
  const behind = stores.reduce((n, store) => n + store.events_behind, 0);
  put("connected", stores.length ? `${up} of ${stores.length}` : "–");
  put("connected-under", behind ? `${count(behind, "event", "events")} still to come` : up === stores.length && up ? "All in step" : "What is missing comes when they are back");
}

const known = () => sales.latest[0]?.currency ?? "";

// -- what needs a look ------------------------------------------------------------------------------------------------

const MOST_ALARMS = 8;

async function askItself() {
  try {
    own = (await ask("/v1/status")).warnings;
  } catch {
    return; // the line at the top of the page says that there is none
  }
  drawAlarms();
}

function drawAlarms() {
  const told = stores.flatMap((store) => store.alarms.map((alarm) => ({ ...alarm, store: store.name })));
  told.sort((a, b) => b.at.localeCompare(a.at));
  const rows = [
    ...own.map((text) => alarmRow("Head office", "now", text)),
    ...told.slice(0, MOST_ALARMS).map((one) => alarmRow(`${one.store} · ${one.label}`, atWhen(one.at), one.text)),
  ];
  if (told.length > MOST_ALARMS) rows.push(h("li", { class: "soft" }, `and ${told.length - MOST_ALARMS} older ones`));
  keep($("alarms"), rows);
  $("attention").hidden = rows.length === 0;
}

const alarmRow = (who, when, text) => h("li", {},
  h("div", { class: "alarm" },
    h("span", { class: "dot warn", "aria-hidden": "true" }),
    h("span", {}, h("strong", {}, who), h("span", { class: "under" }, text)),
    h("span", { class: "end soft nowrap" }, when)));

// -- stores -----------------------------------------------------------------------------------------------------------

function drawStores() {
  const names = new Set([...stores.map((store) => store.store), ...Object.keys(sales.stores)]);
  const most = Math.max(1, ...Object.values(sales.stores).map((one) => one.total_minor));
  const rows = [...names].sort((a, b) => a.localeCompare(b)).map((name) => {
    const line = stores.find((store) => store.store === name);
    return storeRow(name, line, sales.stores[name], most);
  });
  keep($("stores"), rows);
  $("no-stores").hidden = rows.length > 0;
}

/** Puts rows in place but leaves those that say the same alone, so that nothing flickers or loses its focus. */
function keep(body, rows) {
  rows.forEach((row, i) => {
    const there = body.children[i];
    if (!there) body.append(row);
    else if (!there.isEqualNode(row)) there.replaceWith(row);
  });
  while (body.children.length > rows.length) body.lastElementChild.remove();
}

function storeRow(name, line, sold, most) {
  const cell = (label, attributes, ...children) => h("td", { "data-label": label, ...attributes }, ...children);
  return h("tr", {},
    h("th", { scope: "row" }, line?.name || name),
    cell("Line", {}, lineState(line)),
    cell("Terminals", {}, terminals(line)),
    cell("Menu", {}, menuState(line)),
    cell("Orders", { class: "end" }, (sold?.orders ?? 0).toLocaleString(), sold?.open ? h("span", { class: "under" }, `${sold.open} open`) : ""),
    cell("Average", { class: "end" }, sold?.orders ? money(Math.round(sold.total_minor / sold.orders), sold.currency) : "–"),
    cell("Sales today", { class: "end strong" }, sold ? money(sold.total_minor, sold.currency) : "–", share(sold, most)),
  );
}

function share(sold, most) {
  const bar = h("i");
  bar.style.width = `${Math.round((100 * Math.max(0, sold?.total_minor ?? 0)) / most)}%`;
  return h("span", { class: "share", "aria-hidden": "true" }, bar);
}

function terminals(line) {
  if (!line?.terminals.length) return h("span", { class: "soft" }, "–");
  // A carrier that names no neighbours may just not have said so yet: then nobody is called missing.
  const up = line.terminals.filter((one) => one.connected).length > 1;
  return h("ul", { class: "chips" }, line.terminals.map((one) => h("li", {
    class: `chip ${one.connected ? "" : "off"}`,
    title: `${one.role}${one.carries ? ", carries the line to head office" : ""}`,
  },
    h("span", { class: `dot ${one.connected ? "good" : up ? "warn" : ""}`, "aria-hidden": "true" }), one.label,
    h("span", { class: "only-heard" }, one.connected ? "connected" : up ? "not connected" : "not known"))));
}

// -- hours ------------------------------------------------------------------------------------------------------------

const HOUR_MS = 3600 * 1000;
const LEAST_HOURS = 8;

/** Whole hours from the first sale (or some hours back) to now, in this browser's time zone. */
function drawHours() {
  $("hours-card").hidden = !sales.hours?.length;
  if ($("hours-card").hidden) return;
  const currency = sums()[0]?.currency ?? known();
  const worth = new Map(sales.hours.map((hour) => [Date.parse(hour.start), hour]));
  const thisHour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const last = Math.max(thisHour, ...worth.keys());
  const first = Math.min(last - (LEAST_HOURS - 1) * HOUR_MS, ...worth.keys());
  const most = Math.max(1, ...sales.hours.map((hour) => hour.totals[currency] ?? 0));
  const columns = [];
  for (let at = first; at <= last; at += HOUR_MS) {
    columns.push(hourColumn(at, worth.get(at), currency, most, at === thisHour));
  }
  keep($("hours"), columns);
  const best = sales.hours.reduce((a, b) => ((b.totals[currency] ?? 0) > (a.totals[currency] ?? 0) ? b : a));
  put("hours-best", `Best hour: ${atClock(best.start)}, ${count(best.orders, "order", "orders")}`);
}

function hourColumn(at, hour, currency, most, isNow) {
  const total = hour?.totals[currency] ?? 0;
  const bar = h("div", { class: "bar-of-hour" });
  bar.style.height = `${Math.round((100 * total) / most)}%`;
  const said = `${atClock(at)}: ${money(total, currency)}, ${count(hour?.orders ?? 0, "order", "orders")}`;
  return h("li", { class: `${isNow ? "now" : ""} ${total ? "" : "zero"}`, title: said },
    h("div", { class: "column", "aria-hidden": "true" }, h("span", { class: "worth" }, total ? moneyShort(total, currency) : ""), bar),
    h("span", { class: "label", "aria-hidden": "true" }, atClock(at)), h("span", { class: "only-heard" }, said));
}

// -- the latest orders ------------------------------------------------------------------------------------------------

function drawLatest() {
  if (!sales) return;
  const several = new Set(sales.latest.map((order) => order.store)).size > 1 || stores.length > 1;
  const rows = sales.latest.map((order) => {
    const where = [several ? order.store : "", order.label].filter(Boolean).join(" · ");
    return h("li", { class: shown && !shown.has(order.order_id) ? "new" : "" },
      h("a", { href: `/orders?id=${encodeURIComponent(order.order_id)}` },
        h("span", { class: "call number" }, order.number),
        h("span", {}, where, h("span", { class: "under" }, `${atWhen(order.placed_at)} · ${count(order.items, "item", "items")}`)),
        h("span", { class: "end" }, money(order.total_minor, order.currency), h("span", { class: "under" }, statusPill(order.status)))));
  });
  shown = new Set(sales.latest.map((order) => order.order_id));
  keep($("latest"), rows);
  $("no-orders").hidden = rows.length > 0;
}
