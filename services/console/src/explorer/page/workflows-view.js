import { workflows } from "./api.js";
import { askForInstance } from "./create-dialog.js";
import { h, show } from "./dom.js";
import { linkTo } from "./place.js";
import { moment, statusMark } from "./text.js";

/** The workflows of a namespace, with how many instances they have. @param {Element} view @param {{ namespace: string }} place */
export function workflowsView(view, { namespace }) {
  const list = h("div", { class: "card" });
  const create = h("button", { class: "first", click: () => askForInstance(namespace) }, "Create instance");
  show(view, h("div", { class: "head" }, h("h1", {}, "Workflows"), h("span", { class: "gap" }), create), list);
  return {
    async refresh() {
      const found = await workflows(namespace);
      show(list, found.length === 0 ? nothing() : tableOf(namespace, found));
    },
    close() {},
  };
}

function nothing() {
  return h("p", { class: "empty" }, "No workflow of this namespace has instances yet.");
}

/** @param {string} namespace @param {readonly import("./api.js").Workflow[]} found */
function tableOf(namespace, found) {
  const rows = found.map(({ name, instances, schedules }) =>
    h(
      "tr",
      {},
      h("td", {}, h("a", { href: linkTo(namespace, name) }, name)),
      h("td", {}, h("span", { class: "counts" }, ...countsOf(instances))),
      h("td", { class: "time" }, ...nextOf(schedules)),
    ),
  );
  const head = h("tr", {}, h("th", {}, "Workflow"), h("th", {}, "Instances"), h("th", {}, "Next by schedule"));
  return h("table", {}, h("thead", {}, head), h("tbody", {}, ...rows));
}

/** @param {Record<string, number>} counts */
function countsOf(counts) {
  const marks = Object.entries(counts).map(([status, count]) => statusMark(status, ` ${count}`));
  return marks.length > 0 ? marks : [h("span", { class: "faint" }, "none")];
}

/** @param {import("./api.js").Workflow["schedules"]} schedules */
function nextOf(schedules) {
  const next = schedules.toSorted((a, b) => a.next_instance.localeCompare(b.next_instance))[0];
  return next === undefined ? [] : [moment(next.next_instance), h("code", { class: "faint" }, ` ${next.cron}`)];
}
