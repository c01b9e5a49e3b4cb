import { h, svg } from "./dom.js";
import { duration } from "./text.js";

/**
 * @typedef {{ from: number, to: number, kind: "bar" | "pale" | "gap", tone: string, live?: boolean, title: string }} Span
 * @typedef {{ label: string, kind: string, spans: Span[], tookMs: number | null, select: (() => void) | null, selected: boolean }} Row
 */

/** Units that a row is wide, whatever the screen is. */
const WIDTH = 1000;
/** The shortest span that can still be seen. */
const WIDTH_MIN = 4;
/** As many marks as there is room for. */
const TICKS = 5;

const DAY_MS = 86_400_000;
/** What people count in. */
const STEPS_MS = [
  [1, 2, 5, 10, 20, 50, 100, 200, 500],
  [1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1000),
  [1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60_000),
  [1, 2, 3, 6, 12, 24].map((hours) => hours * 3_600_000),
].flat();

/**
 * A picture of what happened when: a row a step, all on one axis.
 *
 * @param {readonly Row[]} rows @param {{ from: number, to: number, now: number | null }} axis
 */
export function timeline(rows, axis) {
  const scale = (/** @type {number} */ at) => ((at - axis.from) / Math.max(1, axis.to - axis.from)) * WIDTH;
  return h("div", { class: "timeline" }, axisOf(axis), ...rows.map((row) => rowOf(row, scale, axis.now)));
}

/** @param {{ from: number, to: number }} axis */
function axisOf({ from, to }) {
  const total = Math.max(1, to - from);
  const every = roundStep(total / TICKS);
  const ticks = Array.from({ length: Math.ceil(total / every) }, (_, tick) => {
    const mark = h("span", {}, tick === 0 ? "0" : duration(tick * every));
    mark.style.left = `${(100 * tick * every) / total}%`;
    return mark;
  });
  return h(
    "div",
    { class: "axis", "aria-hidden": "true" },
    h("span"),
    h("div", { class: "ticks" }, ...ticks),
    h("span"),
  );
}

/** The next step that people count in. @param {number} ms */
function roundStep(ms) {
  const known = STEPS_MS.find((step) => step >= ms);
  return known ?? Math.ceil(ms / DAY_MS) * DAY_MS;
}

/** @param {Row} row @param {(at: number) => number} scale @param {number | null} now */
function rowOf({ label, kind, spans, tookMs, select, selected }, scale, now) {
  const picture = svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} 22`, preserveAspectRatio: "none", "aria-hidden": "true" },
    now !== null && svg("line", { class: "now", x1: scale(now), x2: scale(now), y1: 0, y2: 22 }),
    ...spans.map((span) => spanOf(span, scale)),
  );
  const parts = [
    h("span", { class: "name", title: label }, label, h("span", { class: "kind" }, kind)),
    picture,
    h("span", { class: "took" }, tookMs === null ? "" : duration(tookMs)),
  ];
  if (select === null) return h("div", { class: "row" }, ...parts);
  return h("button", { class: "row", "aria-expanded": String(selected), "data-step": label, click: select }, ...parts);
}

/** @param {Span} span @param {(at: number) => number} scale */
function spanOf({ from, to, kind, tone, live = false, title }, scale) {
  const x = Math.min(scale(from), WIDTH - WIDTH_MIN);
  const end = Math.min(scale(to), WIDTH);
  const names = `${kind}${live ? " live" : ""}`;
  const tip = svg("title", {}, title);
  if (kind === "gap")
    return svg("line", { class: names, "data-tone": tone, x1: x, x2: Math.max(x, end), y1: 11, y2: 11 }, tip);
  const width = Math.max(WIDTH_MIN, end - x);
  return svg("rect", { class: names, "data-tone": tone, x, y: 4, width, height: 14, rx: 2 }, tip);
}
