/** @import { JournalEvent } from "./api.js" */
import { h } from "./dom.js";
import { moment } from "./text.js";

/** Events that the table shows; older ones are a command away. */
const SHOWN_MAX = 500;
/** Characters of an event that the table shows. */
const DETAIL_MAX = 400;

/** What happened, newest first. @param {readonly JournalEvent[]} events */
export function journalTable(events) {
  const rows = events.slice(-SHOWN_MAX).toReversed().map(rowOf);
  const head = ["#", "When", "What", "Of", ""].map((word) => h("th", {}, word));
  return h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows));
}

/** @param {JournalEvent} event */
function rowOf({ eventId, timestamp, type, stepName, ...rest }) {
  return h(
    "tr",
    {},
    h("td", { class: "faint" }, String(eventId)),
    h("td", { class: "time" }, moment(timestamp)),
    h("td", { class: "what" }, type.replaceAll("_", " ")),
    h("td", { class: "what" }, stepName ?? ""),
    h("td", { class: "mono faint" }, detailText(rest)),
  );
}

/** What is left to say of an event. @param {Record<string, unknown>} rest */
function detailText(rest) {
  const details = Object.entries(rest).filter(([name]) => name !== "instanceId");
  return details
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(", ")
    .slice(0, DETAIL_MAX);
}
