/** @import { Detail, JournalEvent, Step, Timer } from "./api.js" */
/** @import { Row, Span } from "./timeline.js" */
import { duration, isFinished, STATUSES } from "./text.js";

/** What an instance is doing after each of these events. */
const STATUS_AFTER = /** @type {Readonly<Record<string, keyof typeof STATUSES>>} */ ({
  workflow_queued: "queued",
  workflow_started: "running",
  workflow_running: "running",
  workflow_waiting: "waiting",
  workflow_waiting_for_pause: "waitingForPause",
  workflow_paused: "paused",
  rollback_started: "rollingBack",
  workflow_completed: "complete",
  workflow_errored: "errored",
  workflow_terminated: "terminated",
});

/** From the beginning to the end, or to now and a little further. @param {Detail} detail @param {number} now */
export function axisOf({ status, start, queued, end, steps }, now) {
  const from = Math.min(at(queued) ?? now, at(start) ?? now);
  if (!isFinished(status)) return { from, to: now + Math.max(200, (now - from) * 0.04), now };
  const ends = steps.flatMap((step) => ("end" in step && isOver(step) ? [at(step.end) ?? 0] : []));
  return { from, to: Math.max(from + 1, at(end) ?? 0, ...ends), now: null };
}

/** The first row: what the instance was doing. @param {readonly JournalEvent[]} events @param {number} now @returns {Row} */
export function statusRow(events, now) {
  const changes = events.flatMap(({ type, timestamp }) => {
    const status = STATUS_AFTER[type];
    return status === undefined ? [] : [{ status, timestamp }];
  });
  const spans = changes.flatMap(({ status, timestamp }, index) => {
    if (isFinished(status)) return [];
    const [tone, word] = STATUSES[status];
    const next = changes[index + 1];
    const to = next?.timestamp ?? now;
    const title = `${word} for ${duration(to - timestamp)}`;
    return [
      { from: timestamp, to, kind: status === "running" ? "bar" : "pale", tone, live: next === undefined, title },
    ];
  });
  return {
    label: "instance",
    kind: "",
    spans: /** @type {Span[]} */ (spans),
    tookMs: null,
    select: null,
    selected: false,
  };
}

/** @param {Step | Timer} step @param {number} now @returns {Pick<Row, "label" | "kind" | "spans" | "tookMs">} */
export function stepRow(step, now) {
  const start = at(step.start) ?? now;
  const tookMs = (isOver(step) ? (at(step.end) ?? now) : now) - start;
  if ("attempts" in step) {
    const kind =
      step.attempts.length > 1 ? `${step.attempts.length} attempts` : step.type === "rollback" ? "rollback" : "";
    return { label: step.name, kind, spans: attemptSpans(step, now), tookMs };
  }
  const tone = step.error === null ? "calm" : "bad";
  const kind = step.type === "sleep" ? "sleep" : `wait: ${step.event_type ?? ""}`;
  const due = at(step.end) ?? now;
  const title = step.finished ? `${kind}, ${duration(tookMs)}` : `${kind} until ${new Date(due).toLocaleString()}`;
  const done = {
    from: start,
    to: step.finished ? due : Math.min(now, due),
    kind: "pale",
    tone,
    live: !step.finished,
    title,
  };
  const ahead = { from: now, to: due, kind: "gap", tone, title };
  return {
    label: step.name,
    kind,
    spans: /** @type {Span[]} */ (step.finished || due < now ? [done] : [done, ahead]),
    tookMs,
  };
}

/** A bar an attempt, dashes for the pause before the next. @param {Step} step @param {number} now @returns {Span[]} */
function attemptSpans({ type, attempts, end }, now) {
  return attempts.flatMap((attempt, index) => {
    const from = at(attempt.start) ?? now;
    const to = at(attempt.end) ?? now;
    const tone = attempt.success === null ? "busy" : !attempt.success ? "bad" : type === "rollback" ? "hold" : "good";
    const title = `attempt ${index + 1}, ${duration(to - from)}${attempt.error === null ? "" : `: ${attempt.error.message}`}`;
    const bar = { from, to, kind: "bar", tone, live: attempt.success === null, title };
    const next = attempts[index + 1];
    const backsOff = attempt.success === false && (next !== undefined || end === null);
    const pause = { from: to, to: at(next?.start) ?? now, kind: "gap", tone, title: "pause before the next attempt" };
    return /** @type {Span[]} */ (backsOff ? [bar, pause] : [bar]);
  });
}

/** @param {Step | Timer} step */
const isOver = (step) => ("finished" in step ? step.finished : step.success !== null);

/** @param {string | null | undefined} time */
const at = (time) => (time === null || time === undefined ? undefined : Date.parse(time));
