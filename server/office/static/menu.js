// Menu: which store has which, prices to change, a file to read, and publishing to all or some.

import { $, ask, command, count, h, listen, minorDigits, money, put, show } from "./common.js";
import { lineState, menuState } from "./stores.js";
import { differences } from "./differences.js";

let stores = [];
let current = null; // the menu that all stores should have
let draft = null; // what would be published
let source = "";
let commandId = null; // of the publication under way: sent again, it happens once

listen(() => "/v1/watch?views=stores,menu", (told) => {
  if (told.view === "stores") stores = told.all, drawStores();
  if (told.view === "menu") takeCurrent(told.all);
});

function takeCurrent(menu) {
  const untouched = !draft || !current || differences(current, draft).length === 0;
  current = menu;
  if (untouched) draft = menu && structuredClone(menu);
  put("menu-said", menu ? `${menu.name || "Menu"}: ${count(menu.items.length, "item", "items")} in ${count(menu.categories.length, "category", "categories")}, ${menu.currency}` : "No menu is published yet.");
  drawPrices();
  drawChanges();
}

// -- which store has which --------------------------------------------------------------------------------------------

function drawStores() {
  show("has", ...stores.map((one) => h("tr", {},
    h("th", { scope: "row" }, one.name),
    h("td", { "data-label": "Line" }, lineState(one)),
    h("td", { "data-label": "Has" }, one.menu_name || "–", h("span", { class: "under mono" }, one.menu_version)),
    h("td", { "data-label": "Should have" }, h("span", { class: "mono" }, one.menu_wanted || "–")),
    h("td", { "data-label": "State" }, menuState(one)))));
  $("no-stores").hidden = stores.length > 0;
  const chosen = new Set(targets());
  show("targets", ...stores.map((one) => h("label", { class: "choice" },
    h("input", { type: "checkbox", name: "store", value: one.store, checked: chosen.has(one.store) }), one.name)),
    stores.length ? "" : h("p", { class: "soft small" }, "No store is known yet."));
  drawButton();
}

const targets = () => [...document.querySelectorAll("#targets input:checked")].map((box) => box.value);
const forAll = () => document.querySelector("input[name=for]:checked").value === "all";

// -- prices -----------------------------------------------------------------------------------------------------------

function drawPrices() {
  $("no-menu").hidden = Boolean(draft);
  if (!draft) return show("prices");
  const wanted = $("find").value.trim().toLocaleLowerCase();
  const items = new Map(draft.items.map((item) => [item.item_id, item]));
  const placed = new Set(draft.categories.flatMap((category) => category.item_ids));
  const groups = [...draft.categories, { name: "Without a category", item_ids: draft.items.map((i) => i.item_id).filter((id) => !placed.has(id)) }];
  show("prices", ...groups.flatMap((group) => {
    const rows = group.item_ids.map((id) => items.get(id)).filter(Boolean)
      .flatMap((item) => item.variations.map((variation) => [item, variation]))
      .filter(([item, variation]) => `${item.name} ${variation.name}`.toLocaleLowerCase().includes(wanted))
      .map(([item, variation]) => priceRow(item, variation));
    return rows.length ? [h("tr", {}, h("th", { scope: "rowgroup", colspan: 2 }, group.name)), ...rows] : [];
  }));
}

const text = (minor) => (minor === null ? "" : (minor / 10 ** minorDigits(draft.currency)).toFixed(minorDigits(draft.currency)));

function priceRow(item, variation) {
  const name = item.variations.length > 1 || variation.name ? `${item.name}, ${variation.name}` : item.name;
  const before = current?.items.find((one) => one.item_id === item.item_id)?.variations.find((one) => one.variation_id === variation.variation_id);
  const row = h("tr", {}, h("td", {}, item.name, variation.name ? h("span", { class: "soft" }, ` ${variation.name}`) : ""),
    h("td", { class: "end" }, h("input", {
      inputmode: "decimal", value: text(variation.price_minor), placeholder: "ask", "aria-label": `Price of ${name} in ${draft.currency}`,
      onchange: (event) => {
        const minor = read(event.target.value);
        event.target.setAttribute("aria-invalid", String(minor === undefined));
        if (minor === undefined) return;
        variation.price_minor = minor;
        event.target.value = text(minor);
        row.classList.toggle("changed", before?.price_minor !== minor);
        drawChanges();
      },
    })));
  row.classList.toggle("changed", Boolean(before) && before.price_minor !== variation.price_minor);
  return row;
}

/** "4,50" or "4.50" in minor units, exactly; null for nothing (asked for at the till); undefined for what is no price. */
function read(typed) {
  const clean = typed.trim().replace(",", ".");
  if (!clean) return null;
  const digits = minorDigits(draft.currency);
  const parts = /^(\d{1,7})(?:\.(\d*))?$/.exec(clean);
  if (!parts || (parts[2] ?? "").length > digits) return undefined;
  return Number(parts[1] + (parts[2] ?? "").padEnd(digits, "0"));
}

$("find").addEventListener("input", drawPrices);

// -- a file -----------------------------------------------------------------------------------------------------------

$("file").addEventListener("change", (event) => event.target.files[0] && readFile(event.target.files[0]));
for (const kind of ["dragover", "dragleave", "drop"]) {
  $("drop").addEventListener(kind, (event) => {
    event.preventDefault();
    $("drop").classList.toggle("over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files[0]) readFile(event.dataTransfer.files[0]);
  });
}

async function readFile(file) {
  show("file-said", h("p", { class: "note" }, `Reading ${file.name}…`));
  try {
    const found = await ask("/v1/menu/read", { method: "POST", body: file });
    draft = found.menu;
    source = file.name;
    const taken = Object.entries(found.counts).map(([what, n]) => `${n} ${what.replaceAll("_", " ")}`).join(", ");
    show("file-said", h("p", { class: "note good" }, `${file.name}: took over ${taken}. Nothing is published yet.`),
      found.lines.length ? h("details", {}, h("summary", {}, `${count(found.lines.length, "object", "objects")} not taken over as it stands`),
        h("ul", { class: "changes small" }, found.lines.map((line) => h("li", {}, h("span", { class: "mono" }, `${line.kind} ${line.object_id}`), line.reason)))) : "");
  } catch (error) {
    show("file-said", h("p", { class: "note bad" }, error.message));
  }
  $("file").value = "";
  drawPrices();
  drawChanges();
}

// -- publishing -------------------------------------------------------------------------------------------------------

function drawChanges() {
  const found = draft ? differences(current, draft) : [];
  put("changes-said", !draft ? "Choose a file first." : !found.length ? "Nothing is changed. Publishing sends the menu as it is." : `${count(found.length, "change", "changes")}:`);
  show("changes", ...found.slice(0, 200).map((one) => h("li", {}, h("span", {}, one.what),
    one.after === undefined ? "" : h("span", { class: "number nowrap" }, `${sayPrice(one.before)} → ${sayPrice(one.after)}`))));
  $("discard").hidden = !found.length || !current;
  commandId = null;
  drawButton();
}

const sayPrice = (minor) => (minor === null ? "ask" : money(minor, draft.currency));

function drawButton() {
  $("go").disabled = !draft || (!forAll() && !targets().length);
  $("go").textContent = forAll() ? "Publish to all stores" : `Publish to ${count(targets().length, "store", "stores")}`;
}

$("publish").addEventListener("change", () => {
  $("targets").hidden = forAll();
  commandId = null;
  drawButton();
});

$("discard").addEventListener("click", () => {
  draft = structuredClone(current);
  show("file-said");
  drawPrices();
  drawChanges();
});

$("publish").addEventListener("submit", async (event) => {
  event.preventDefault();
  $("go").disabled = true;
  const some = forAll() ? null : targets();
  commandId ??= crypto.randomUUID();
  try {
    const done = await command("menu.publish", { menu: draft, ...(some ? { stores: some } : {}), ...(source ? { source } : {}) }, commandId);
    commandId = null;
    show("published", h("p", { class: "note good" }, `Published for ${some ? some.join(", ") : "all stores"} (version ${done.result.version}). Stores that are not reachable get it when they are back.`));
    source = "";
    if (!some) takeCurrent(structuredClone(draft));
  } catch (error) {
    show("published", h("p", { class: "note bad" }, error.message));
  }
  drawButton();
});
