// What a new menu changes against the one before, in words for a person: prices first.

/** `[{ what, before?, after? }]`; amounts are minor units, null where the price is asked for at the till. */
export function differences(before, after) {
  if (!before) return [{ what: `A first menu with ${after.items.length} items` }];
  const prices = [];
  const others = [];
  const old = new Map(before.items.map((item) => [item.item_id, item]));
  for (const item of after.items) {
    const was = old.get(item.item_id);
    old.delete(item.item_id);
    if (!was) others.push({ what: `New: ${item.name}` });
    else {
      prices.push(...priceChanges(was, item));
      if (changed(was, item, ["variations"])) others.push({ what: `Changed: ${item.name}` });
    }
  }
  for (const gone of old.values()) others.push({ what: `Gone: ${gone.name}` });
  const rest = ["items"];
  for (const [key, name] of PARTS) {
    rest.push(key);
    if (JSON.stringify(before[key]) !== JSON.stringify(after[key])) others.push({ what: `Changed: ${name}` });
  }
  if (changed(before, after, rest)) others.push({ what: "Changed: the menu's name or currency" });
  return [...prices, ...others];
}

const PARTS = [
  ["categories", "categories"], ["modifier_groups", "modifiers"], ["ingredients", "ingredients"], ["combos", "combos"],
  ["taxes", "taxes"], ["discounts", "discounts"], ["dayparts", "hours of sale"], ["languages", "languages"], ["texts", "translations"],
];

function priceChanges(was, item) {
  const found = [];
  for (const variation of item.variations) {
    const old = was.variations.find((one) => one.variation_id === variation.variation_id);
    const what = variation.name ? `${item.name}, ${variation.name}` : item.name;
    if (!old) found.push({ what: `New: ${what}` });
    else if (old.price_minor !== variation.price_minor) found.push({ what, before: old.price_minor, after: variation.price_minor });
  }
  const left = new Set(item.variations.map((one) => one.variation_id));
  return found.concat(was.variations.filter((one) => !left.has(one.variation_id)).map((one) => ({ what: `Gone: ${item.name}, ${one.name}` })));
}

function changed(was, now, except) {
  return Object.keys(now).some((key) => !except.includes(key) && JSON.stringify(was[key]) !== JSON.stringify(now[key]));
}
