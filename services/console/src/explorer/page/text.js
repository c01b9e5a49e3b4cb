import { h } from "./dom.js";

/** What each status looks like, and its words. */
export const STATUSES = /** @type {const} */ ({
  queued: ["over", "queued"],
  running: ["busy", "running"],
  waiting: ["calm", "waiting"],
  waitingForPause: ["hold", "about to pause"],
  paused: ["hold", "paused"],
  rollingBack: ["hold", "rolling back"],
  complete: ["good", "complete"],
  errored: ["bad", "errored"],
  terminated: ["over", "terminated"],
});

/** @param {string} status @param {string} [after] */
export function statusMark(status, after = "") {
  const [tone, word] = STATUSES[/** @type {keyof typeof STATUSES} */ (status)] ?? ["over", status];
  return h("span", { class: "status", "data-tone": tone }, `${word}${after}`);
}

/** @param {string} status */
export const isFinished = (status) => ["complete", "errored", "terminated"].includes(status);

/** @param {string | number | null | undefined} at */
export function moment(at) {
  if (at === null || at === undefined) return h("span", { class: "faint" }, "–");
  const date = new Date(at);
  return h("time", { datetime: date.toISOString(), title: date.toISOString() }, momentText(date));
}

/** @param {Date} date */
function momentText(date) {
  const sameDay = date.toDateString() === new Date().toDateString();
  const time = date.toLocaleTimeString([], { hour12: false });
  return sameDay ? time : `${date.toLocaleDateString()} ${time}`;
}

const UNITS = /** @type {const} */ ([
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
]);

/** @param {number} ms */
export function duration(ms) {
  for (const [unit, word] of UNITS) {
    if (ms >= unit) return `${(ms / unit).toFixed(ms / unit < 10 ? 1 : 0).replace(/\.0$/, "")} ${word}`;
  }
  return `${Math.max(0, Math.round(ms))} ms`;
}

/** @param {unknown} value */
export const pretty = (value) => JSON.stringify(value, null, 2) ?? "undefined";

/** JSON text, laid out; what is none stays as it is. @param {string} text */
export function prettyText(text) {
  try {
    return pretty(JSON.parse(text));
  } catch {
    return text;
  }
}
