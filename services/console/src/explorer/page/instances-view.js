import { instance, instances, Refused } from "./api.js";
import { askForInstance } from "./create-dialog.js";
import { h, note, show } from "./dom.js";
import { linkTo } from "./place.js";
import { duration, moment, STATUSES, statusMark } from "./text.js";

/** The instances of a workflow, newest first, 25 a page. @param {Element} view @param {import("./place.js").Place} place */
export function instancesView(view, { namespace, workflow, status }) {
  /** Where each page begins, up to the one that is shown. */
  const cursors = [""];
  let next = "";
  const list = h("div", { class: "card" });
  const older = h("button", { click: () => turn(() => cursors.push(next)) }, "Older");
  const newer = h("button", { click: () => turn(() => cursors.pop()) }, "Newer");
  const page = h("span", { class: "faint" });

  async function refresh() {
    const found = await instances(namespace, workflow, { status, cursor: cursors.at(-1) ?? "" });
    next = found.next;
    older.disabled = next === "";
    newer.disabled = cursors.length === 1;
    page.textContent = `page ${cursors.length}`;
    const isEmpty = found.instances.length === 0;
    show(list, isEmpty ? h("p", { class: "empty" }, "No instances.") : tableOf(namespace, workflow, found.instances));
  }

  /** @param {() => unknown} move */
  function turn(move) {
    move();
    refresh().catch((error) => note(error.message, "bad"));
  }

  show(
    view,
    h("div", { class: "head" }, h("h1", {}, workflow), h("span", { class: "gap" }), ...tools()),
    list,
    h("div", { class: "pages" }, newer, page, older),
  );
  return { refresh, close() {} };

  function tools() {
    const all = h("option", { value: "" }, "all statuses");
    const words = Object.entries(STATUSES).filter(([word]) => word !== "rollingBack");
    const options = words.map(([value, [, word]]) => h("option", { value, selected: value === status }, word));
    const filter = h("select", { "aria-label": "Status", change: () => choose(filter.value) }, all, ...options);
    const search = h("input", { type: "search", name: "id", placeholder: "find an id  ( / )", "aria-label": "Id" });
    const form = h("form", { submit: (event) => void find(event, search.value.trim()) }, search);
    const create = h("button", { class: "first", click: () => askForInstance(namespace, workflow) }, "Create instance");
    return [form, filter, create];
  }

  /** @param {string} chosen */
  function choose(chosen) {
    location.hash = linkTo(namespace, workflow) + (chosen === "" ? "" : `?status=${chosen}`);
  }

  /** @param {Event} event @param {string} id */
  async function find(event, id) {
    event.preventDefault();
    if (id === "") return;
    try {
      await instance({ namespace, workflow, id });
      location.hash = linkTo(namespace, workflow, id);
    } catch (error) {
      const isUnknown = error instanceof Refused && error.status === 404;
      note(isUnknown ? `There is no instance "${id}".` : /** @type {Error} */ (error).message, "bad");
    }
  }
}

/** @param {string} namespace @param {string} workflow @param {readonly import("./api.js").Listed[]} found */
function tableOf(namespace, workflow, found) {
  const rows = found.map(({ id, status, created_on: created, ended_on: ended, trigger_source: trigger }) =>
    h(
      "tr",
      {},
      h("td", { class: "mono" }, h("a", { href: linkTo(namespace, workflow, id) }, id)),
      h("td", {}, statusMark(status)),
      h("td", { class: "time" }, moment(created)),
      h("td", { class: "time" }, ended === null ? "" : duration(Date.parse(ended) - Date.parse(created))),
      h("td", { class: "faint" }, trigger),
    ),
  );
  const head = ["Id", "Status", "Created", "Took", "By"].map((word) => h("th", {}, word));
  return h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows));
}
