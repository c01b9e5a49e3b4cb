/** @import { Detail, JournalEvent } from "./api.js" */
import { instance, subscribe } from "./api.js";
import { actionsOf, askToRestart } from "./actions.js";
import { h, note, show } from "./dom.js";
import { journalTable } from "./journal.js";
import { axisOf, statusRow, stepRow } from "./rows.js";
import { stepPanel } from "./step-panel.js";
import { duration, isFinished, moment, pretty, statusMark } from "./text.js";
import { timeline } from "./timeline.js";

/** Events that come together are shown together. */
const GATHER_MS = 120;
/** How often bars of what runs grow. */
const GROW_MS = 1000;

/** One instance, as it goes on. @param {Element} view @param {import("./place.js").Place} ref */
export function instanceView(view, ref) {
  /** @type {JournalEvent[]} */
  let events = [];
  /** @type {Detail | null} */
  let detail = null;
  /** Which step is open. @type {number | null} */
  let open = null;
  let following = new AbortController();
  let drawn = "";
  const [head, facts, picture, ends, journal] = [h("div"), h("div"), h("div"), h("div"), h("div")];
  const growing = setInterval(() => detail !== null && !isFinished(detail.status) && draw(), GROW_MS);
  show(view, head, facts, h("h2", {}, "Timeline"), picture, ends, h("h2", {}, "Journal"), journal);
  void follow();

  async function refresh() {
    detail = await instance(ref);
    const shown = JSON.stringify([detail, events.length]);
    if (shown === drawn) return;
    drawn = shown;
    drawAround(detail);
    draw();
  }

  /** Reads what happens until the end; each time the instance begins anew, from the beginning. */
  async function follow() {
    following.abort();
    following = new AbortController();
    const { signal } = following;
    events = [];
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let gathering;
    try {
      for await (const event of subscribe(ref, signal)) {
        events.push(event);
        gathering ??= setTimeout(() => {
          gathering = undefined;
          if (!signal.aborted) refresh().catch(() => {});
        }, GATHER_MS);
      }
    } catch (error) {
      if (!signal.aborted) note(`No longer live: ${/** @type {Error} */ (error).message}`, "bad");
    }
  }

  function changed() {
    void follow();
    refresh().catch((error) => note(error.message, "bad"));
  }

  /** @param {Detail} shown */
  function drawAround(shown) {
    const { status, queued, start, end, trigger, schedule, rollback } = shown;
    show(
      head,
      h(
        "div",
        { class: "head" },
        h("h1", {}, ref.id),
        statusMark(status),
        h("span", { class: "gap" }),
        ...actionsOf(ref, shown, changed),
      ),
    );
    const by = schedule === undefined ? trigger.source : `${trigger.source} ${schedule.cron}`;
    const took = end === null ? null : duration(Date.parse(end) - Date.parse(start ?? queued));
    show(
      facts,
      h(
        "dl",
        { class: "facts" },
        ...fact("created", moment(queued)),
        ...fact("run began", moment(start)),
        ...fact("ended", moment(end)),
        ...(took === null ? [] : fact("took", took)),
        ...fact("by", by),
        ...(rollback === null ? [] : fact("rollback", rollback.outcome)),
      ),
    );
    const { error, output, params } = shown;
    show(
      ends,
      h(
        "div",
        { class: "pair" },
        block("Params", pretty(params)),
        error === null
          ? block("Output", status === "complete" ? pretty(output) : "none yet")
          : block("Error", `${error.name}: ${error.message}`, "error"),
      ),
    );
    show(journal, h("div", { class: "card" }, journalTable(events)));
  }

  function draw() {
    if (detail === null) return;
    const now = Date.now();
    const steps = detail.steps.flatMap((step) => (step.type === "termination" ? [] : [step]));
    const rows = steps.map((step, index) => {
      const select = () => {
        open = open === index ? null : index;
        draw();
        const rows = picture.querySelectorAll("button.row");
        /** @type {HTMLElement | undefined} */ (rows[index])?.focus();
      };
      return { ...stepRow(step, now), select, selected: open === index };
    });
    const chosen = open === null ? undefined : steps[open];
    const panel = chosen && stepPanel(chosen, (from) => askToRestart(ref, from, changed));
    const focused = [...picture.querySelectorAll("button.row")].indexOf(
      /** @type {Element} */ (document.activeElement),
    );
    const card = h(
      "div",
      { class: "card" },
      timeline([statusRow(events, now), ...rows], axisOf(detail, now)),
      panel ?? null,
    );
    show(picture, card);
    if (focused >= 0) /** @type {HTMLElement | undefined} */ (card.querySelectorAll("button.row")[focused])?.focus();
  }

  return {
    refresh,
    close() {
      clearInterval(growing);
      following.abort();
    },
  };
}

/** @param {string} name @param {Node | string} value */
function fact(name, value) {
  return [h("div", {}, h("dt", {}, name), h("dd", {}, value))];
}

/** @param {string} title @param {string} text @param {string} [look] */
function block(title, text, look = "") {
  return h(
    "section",
    {},
    h("h2", {}, title),
    h("div", { class: "card" }, h("pre", { class: look, tabindex: 0 }, text)),
  );
}
