// "What happened to order A47 on Friday?": every event of an order, from which terminal, in what order.

import { $, ask, atExact, atWhen, count, h, listen, money, onDay, put, sayDay, show, statusPill, timeZone } from "./common.js";

const terminals = new Map(); // device id -> { label, role }
let order = null;
let cursor = "now";

put("zone", timeZone);
start().catch((error) => say(error.message, "bad"));

async function start() {
  const watch = new WebSocket(`${location.origin.replace("http", "ws")}/v1/watch?views=stores,status`);
  const heard = new Promise((done) => {
    watch.onmessage = (message) => {
      const told = JSON.parse(message.data);
      if (told.view === "status" && !$("day").value) $("day").value = told.all.business_day;
      if (told.view === "stores") takeStores(told.all), done();
    };
    watch.onclose = () => done();
  });
  await heard;
  followOrder();
  fromAddress();
  addEventListener("popstate", fromAddress);
  $("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const asked = new URLSearchParams(new FormData($("search")));
    for (const [name, value] of [...asked]) if (!value.trim()) asked.delete(name);
    history.pushState(null, "", `/orders?${asked}`);
    find(asked);
  });
}

function takeStores(stores) {
  const chosen = $("store").value;
  show("store", h("option", { value: "" }, "All stores"), stores.map((one) => h("option", { value: one.store }, one.name)));
  $("store").value = chosen;
  for (const one of stores) for (const terminal of one.terminals) terminals.set(terminal.device_id, terminal);
}

function fromAddress() {
  const asked = new URLSearchParams(location.search);
  if (asked.get("number")) $("number").value = asked.get("number");
  if (asked.get("day")) $("day").value = asked.get("day");
  if (asked.get("store")) $("store").value = asked.get("store");
  if (asked.get("id")) open(asked.get("id"));
  else if (asked.size) find(asked);
}

const APPLIED_AFTER_MS = 100;
const LONGEST_TRIES = 20;

/** News of the order that is shown, as it happens. */
function followOrder() {
  listen(() => `/v1/feed?topics=orders,payments,kitchen&after=${encodeURIComponent(cursor)}`, (event) => {
    cursor = event.cursor;
    if (order && event.subject === order.order_id) refresh(event, LONGEST_TRIES);
  });
}

/** The feed tells an event as soon as it is recorded; the order shows it some milliseconds later. */
async function refresh(event, tries) {
  const found = await ask(`/v1/orders/${encodeURIComponent(event.subject)}`).catch(() => null);
  if (order?.order_id !== event.subject) return;
  if (found && found.history.length > order.history.length) draw(found);
  if (tries && !found?.history.some((entry) => entry.event === event.id)) setTimeout(refresh, APPLIED_AFTER_MS, event, tries - 1);
}

function say(text, tone = "") {
  show("said", text ? h("p", { class: `note ${tone}` }, text) : "");
}

// -- finding ----------------------------------------------------------------------------------------------------------

async function find(asked) {
  const wanted = new URLSearchParams();
  if (asked.get("number")) wanted.set("number", asked.get("number").trim());
  if (asked.get("store")) wanted.set("store", asked.get("store"));
  const all = new URLSearchParams(wanted);
  if (asked.get("day")) wanted.set("business_day", asked.get("day"));
  order = null;
  show("order");
  show("found");
  try {
    const found = await ask(`/v1/orders?limit=200&${wanted}`);
    if (found.length === 1) return draw(found[0]);
    if (found.length) {
      say("");
      return list(found, `${count(found.length, "order", "orders")}${asked.get("day") ? ` on ${sayDay(asked.get("day"))}` : ""}`);
    }
    const what = asked.get("number") ? `There is no order ${asked.get("number").trim().toUpperCase()}` : "There are no orders";
    say(`${what}${asked.get("day") ? ` on ${sayDay(asked.get("day"))}` : ""}. If its store is not connected, it may still come.`, "warn");
    if (asked.get("number") && asked.get("day")) {
      const others = await ask(`/v1/orders?limit=50&${all}`);
      if (others.length) list(others, "The same number on other days");
    }
  } catch (error) {
    say(error.message, "bad");
  }
}

function list(orders, title) {
  show("found", h("section", { class: "card", "aria-labelledby": "found-title" },
    h("header", {}, h("h2", { id: "found-title" }, title)),
    h("ol", { class: "stream" }, orders.map((one) => h("li", {},
      h("a", { href: `/orders?id=${encodeURIComponent(one.order_id)}`, onclick: (event) => {
        if (event.metaKey || event.ctrlKey) return;
        event.preventDefault();
        history.pushState(null, "", event.currentTarget.href);
        open(one.order_id);
      } },
      h("span", { class: "call number" }, one.number),
      h("span", {}, `${one.store} · ${one.taken_by.label}`, h("span", { class: "under" }, `${onDay(one.placed_at)}, ${atWhen(one.placed_at).split(", ").pop()}`)),
      h("span", { class: "end" }, money(one.total_minor, one.currency), h("span", { class: "under" }, statusPill(one.status)))))))));
}

async function open(id) {
  say("");
  try {
    draw(await ask(`/v1/orders/${encodeURIComponent(id)}`));
  } catch (error) {
    say(error.message, "bad");
  }
}

// -- one order --------------------------------------------------------------------------------------------------------

function draw(found) {
  const first = order?.order_id !== found.order_id;
  order = found;
  say("");
  if (first) show("found");
  const title = h("h2", { id: "order-title", tabindex: "-1" }, `Order ${found.number}`);
  show("order", h("div", { class: "columns" },
    h("section", { class: "card", "aria-labelledby": "order-title" },
      h("header", {}, title, statusPill(found.status)),
      h("div", { class: "inside" }, timeline(found))),
    h("div", { class: "side" }, facts(found), bill(found))));
  if (first) title.focus({ preventScroll: false });
}

const TONES = [
  [/^(voided|payment .* failed)/, "bad"], [/^(placed|amended)/, "info"], [/^(paid|ready|made$|collected)/, "good"],
];

function timeline(found) {
  let day = "";
  return h("ol", { class: "timeline", id: "timeline" }, found.history.map((entry) => {
    const today = onDay(entry.at);
    const newDay = today !== day;
    day = today;
    const terminal = terminals.get(entry.device_id);
    const where = terminal?.label || entry.by || entry.device_id;
    const tone = TONES.find(([pattern]) => pattern.test(entry.what))?.[1] ?? "";
    return h("li", { class: tone },
      h("time", { datetime: entry.at }, atExact(entry.at), newDay ? h("small", {}, today) : ""),
      h("span", { class: "track", "aria-hidden": "true" }),
      h("div", { class: "told" },
        h("p", { class: "what" }, entry.what, entry.amount_minor !== null ? h("span", { class: "number" }, ` ${money(entry.amount_minor, found.currency)}`) : ""),
        h("p", { class: "soft small" }, `on ${where}`, entry.by && entry.by !== where ? `, by ${entry.by}` : "",
          terminal?.role ? ` (${terminal.role})` : ""),
        entry.detail.length ? h("ul", { class: "small" }, entry.detail.map((text) => h("li", {}, text))) : "",
        h("p", { class: "mono soft" }, entry.event)));
  }));
}

function facts(found) {
  const fact = (name, value) => (value ? h("div", {}, h("dt", {}, name), h("dd", {}, value)) : "");
  return h("section", { class: "card", "aria-label": "About the order" }, h("header", {}, h("h2", {}, "About the order")),
    h("dl", { class: "facts inside" },
      fact("Store", found.store), fact("Taken by", found.taken_by.label), fact("Business day", sayDay(found.business_day)),
      fact("Placed", atWhen(found.placed_at)),
      fact("Dining", found.dining === "here" ? "Eat in" : "Takeaway"), fact("Table", found.table), fact("Stand", found.stand),
      fact("Customer", found.customer_name),
      fact("Voided because", found.void_reason),
      found.warnings.length ? fact("Look at", found.warnings.map((one) => WARNINGS[one.split(":")[0]] ?? one).join("; ")) : ""));
}

const WARNINGS = {
  sold_while_out: "something was sold while it was out", overpaid: "overpaid: money to give back",
  paid_after_void: "paid after it was voided", voided_after_collected: "voided after it was collected",
  collected_after_void: "collected after it was voided",
};

function bill(found) {
  const row = (name, minor, strong = false) => h("tr", {}, h("td", { class: strong ? "strong" : "" }, name), h("td", { class: `end ${strong ? "strong" : ""}` }, money(minor, found.currency)));
  return h("section", { class: "card", "aria-label": "Bill" }, h("header", {}, h("h2", {}, "Bill")),
    h("table", { class: "lines" }, h("tbody", {},
      found.lines.map((line) => h("tr", {},
        h("td", {}, `${line.quantity} × ${line.name}`, [
          line.variation_name, ...line.modifiers.map((one) => `+ ${one.name}${one.quantity > 1 ? ` ×${one.quantity}` : ""}`),
          ...line.components.map((one) => one.name), ...line.without_names.map((one) => `no ${one}`), line.note && `“${line.note}”`,
        ].filter(Boolean).map((text) => h("span", { class: "under" }, text))),
        h("td", { class: "end" }, money(line.total_minor, found.currency)))),
      found.taxes.map((tax) => row(`${tax.name.includes("%") ? tax.name : `${tax.name} ${tax.percentage} %`}${tax.inclusive ? " (included)" : ""}`, tax.amount_minor)),
      row("Total", found.total_minor, true),
      found.tenders.map((one) => row(`Paid by ${one.tender}${one.refunded_minor ? ` (${money(one.refunded_minor, found.currency)} given back)` : ""}`, one.amount_minor)),
      found.due_minor ? row("Due", found.due_minor, true) : "")));
}
