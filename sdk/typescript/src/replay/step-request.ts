import type { ReplayStep } from "./report.ts";
import type { StepPolicy } from "../worker/step-policy.ts";
import type { StepKey } from "../worker/step-key.ts";
import { StepKind } from "../../gen/perdure/v1/step_pb.ts";
import { stepLabel } from "../names.ts";

/** What a call of `step.do`, `sleep` or `waitForEvent` asked for: of the code, or as the journal has it. */
export type StepRequest = { readonly key: StepKey } & (
  | { readonly kind: "do"; readonly policy: StepPolicy }
  /** By its length in the code; by both in the journal. */
  | { readonly kind: "sleep"; readonly ms: number | null; readonly untilMs: number | null }
  | { readonly kind: "wait"; readonly eventTypes: readonly string[]; readonly timeoutMs: number }
);

/** Sleeps that differ by less are the same: the engine counts from its commit, the code from its call. */
const SLEEP_TOLERANCE_MS = 1_000;

/** A step as programs read it. */
export function stepOf({ kind, name, count }: StepKey): ReplayStep {
  if (kind === StepKind.SLEEP) return { kind: "sleep", name, count };
  return { kind: kind === StepKind.WAIT ? "wait" : "do", name, count };
}

/** A step as people read it: sleep "nap-2". */
export function stepText(key: StepKey): string {
  const { kind, name, count } = stepOf(key);
  return `${kind === "do" ? "step" : kind} "${stepLabel(name, count)}"`;
}

/** What two requests of one kind differ in, as sentences: "timeout 60000 ms, in the journal 5000 ms". */
export function inputChanges(code: StepRequest, journal: StepRequest): readonly string[] {
  if (code.kind === "do" && journal.kind === "do") return policyChanges(code.policy, journal.policy);
  if (code.kind === "sleep" && journal.kind === "sleep") return sleepChanges(code, journal);
  if (code.kind === "wait" && journal.kind === "wait") {
    return [
      ...change("event types", typesText(code.eventTypes), typesText(journal.eventTypes)),
      ...change("timeout", msText(code.timeoutMs), msText(journal.timeoutMs)),
    ];
  }
  return [];
}

function policyChanges(code: StepPolicy, journal: StepPolicy): readonly string[] {
  return [
    ...change("retries.limit", code.retryLimit, journal.retryLimit),
    ...change("retries.delay", delayText(code), delayText(journal)),
    ...change("retries.backoff", code.backoff, journal.backoff),
    ...change("timeout", msText(code.timeoutMs), msText(journal.timeoutMs)),
    ...change("sensitive", yesNo(code.sensitive), yesNo(journal.sensitive)),
    ...change("rollback", yesNo(code.rollback), yesNo(journal.rollback)),
  ];
}

function sleepChanges(
  code: Extract<StepRequest, { kind: "sleep" }>,
  journal: Extract<StepRequest, { kind: "sleep" }>,
): readonly string[] {
  if (code.ms !== null && isFar(code.ms, journal.ms)) return change("duration", msText(code.ms), msText(journal.ms));
  // A moment that had passed before the sleep began ended it at once.
  const untilMs = code.untilMs === null ? null : Math.max(code.untilMs, (journal.untilMs ?? 0) - (journal.ms ?? 0));
  if (untilMs === null || !isFar(untilMs, journal.untilMs)) return [];
  return change("end", instantText(untilMs), instantText(journal.untilMs));
}

const isFar = (a: number, b: number | null): boolean => b !== null && Math.abs(a - b) > SLEEP_TOLERANCE_MS;

function change(what: string, code: number | string, journal: number | string): readonly string[] {
  return code === journal ? [] : [`${what} ${code}, in the journal ${journal}`];
}

const msText = (ms: number | null): string => (ms === null ? "unknown" : `${Math.round(ms)} ms`);
const instantText = (ms: number | null): string => (ms === null ? "unknown" : new Date(ms).toISOString());
const delayText = ({ dynamicDelay, retryDelayMs }: StepPolicy): string =>
  dynamicDelay ? "a function" : msText(retryDelayMs);
const yesNo = (flag: boolean): string => (flag ? "yes" : "no");
const typesText = (types: readonly string[]): string => [...types].toSorted().join(" or ");
