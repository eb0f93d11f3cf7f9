// How a store's line and menu are said, wherever they are shown.

import { ago, atWhen, count, h } from "./common.js";

export function lineState(line) {
  if (!line || line.line === "never") return h("span", { class: "state" }, h("span", { class: "dot", "aria-hidden": "true" }), "Not heard yet");
  const up = line.line === "connected";
  const behind = line.events_behind;
  return [
    h("span", { class: "state nowrap" }, h("span", { class: `dot ${up ? "good" : "bad"}`, "aria-hidden": "true" }), up ? "Connected" : "Not reachable"),
    h("span", { class: "under nowrap" }, up
      ? behind ? `${count(behind, "event", "events")} behind` : "In step"
      : line.since ? `since ${atWhen(line.since)} (${ago(line.since)})` : ""),
  ];
}

export function menuState(line) {
  if (!line?.menu_wanted && !line?.menu_version) return h("span", { class: "soft" }, "None");
  const current = line.menu_current;
  return [
    h("span", { class: `pill ${current ? "good" : "warn"}` }, current ? "Current" : line.menu_version ? "Older" : "Not yet"),
    h("span", { class: "under" }, line.menu_version ? `${line.menu_name || line.menu_version} since ${atWhen(line.menu_since)}` : "waits for the line"),
  ];
}
