import { byId, h, note, show } from "./dom.js";
import { instanceView } from "./instance-view.js";
import { instancesView } from "./instances-view.js";
import { here, linkTo } from "./place.js";
import { workflowsView } from "./workflows-view.js";

/** How often what is on the screen is looked at again. */
const REFRESH_MS = 3000;

/** @typedef {{ refresh: () => Promise<void>, close: () => void }} View */

/** @type {View | undefined} */
let view;
let reported = "";

function go() {
  const place = here();
  view?.close();
  const main = byId("view");
  const make = place.id !== "" ? instanceView : place.workflow !== "" ? instancesView : workflowsView;
  view = make(main, place);
  /** @type {HTMLInputElement} */ (byId("namespace")).value = place.namespace;
  show(byId("trail"), ...trail(place));
  document.title = [place.id, place.workflow, "Perdure"].filter(Boolean).join(" · ");
  main.focus({ preventScroll: true });
  void refresh();
}

/** @param {import("./place.js").Place} place */
function trail({ namespace, workflow, id }) {
  return [
    h("a", { href: linkTo(namespace) }, "workflows"),
    workflow !== "" && h("a", { href: linkTo(namespace, workflow) }, workflow),
    id !== "" && h("span", {}, id),
  ];
}

/** Says once what is wrong, not at every look. */
async function refresh() {
  const shown = view;
  try {
    await shown?.refresh();
    reported = "";
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    if (shown === view && message !== reported) note((reported = message), "bad");
  }
}

byId("namespace").addEventListener("change", (event) => {
  location.hash = linkTo(/** @type {HTMLInputElement} */ (event.target).value.trim() || "default");
});
addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
  const search = document.querySelector("input[type=search]");
  if (event.key !== "/" || isTyping || !(search instanceof HTMLInputElement)) return;
  event.preventDefault();
  search.focus();
});
addEventListener("hashchange", go);
setInterval(() => document.visibilityState === "visible" && void refresh(), REFRESH_MS);
go();
