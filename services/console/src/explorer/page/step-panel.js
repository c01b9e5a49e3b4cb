/** @import { Step, Timer } from "./api.js" */
import { h } from "./dom.js";
import { duration, moment, pretty, prettyText } from "./text.js";

/** What the engine calls the kinds of steps. */
const KINDS = /** @type {const} */ ({ step: "do", sleep: "sleep", waitForEvent: "waitForEvent" });

/** Everything of one step. @param {Step | Timer} step @param {(from: object) => void} restartFrom */
export function stepPanel(step, restartFrom) {
  const selector = selectorOf(step);
  return h(
    "section",
    { class: "step", "aria-label": `Step ${step.name}` },
    h("h3", {}, step.name),
    selector && h("button", { click: () => restartFrom(selector) }, "Restart from this step"),
    "attempts" in step && attemptsOf(step),
    "error" in step && step.error !== null && h("p", { class: "error" }, `${step.error.name}: ${step.error.message}`),
    step.output !== null && step.output !== undefined && block("output", prettyText(step.output)),
    "config" in step && block("config", pretty(step.config)),
  );
}

/** A rollback is no place to begin at. @param {Step | Timer} step */
function selectorOf({ type, name }) {
  if (type === "rollback") return null;
  const cut = name.lastIndexOf("-");
  return { name: name.slice(0, cut), count: Number(name.slice(cut + 1)), type: KINDS[type] };
}

/** @param {Step} step */
function attemptsOf({ attempts }) {
  const rows = attempts.map(({ start, end, success, error }, index) =>
    h(
      "tr",
      {},
      h("td", {}, String(index + 1)),
      h("td", { class: "time" }, moment(start)),
      h("td", { class: "time" }, start === null || end === null ? "" : duration(Date.parse(end) - Date.parse(start))),
      h("td", {}, success === null ? "running" : success ? "complete" : "failed"),
      h("td", { class: "mono error" }, error === null ? "" : `${error.name}: ${error.message}`),
    ),
  );
  const head = ["Attempt", "Began", "Took", "Came to", ""].map((word) => h("th", {}, word));
  return h("div", { class: "card" }, h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows)));
}

/** @param {string} title @param {string} text */
function block(title, text) {
  return h("div", { class: "card" }, h("h4", {}, title), h("pre", { "aria-label": title, tabindex: 0 }, text));
}
