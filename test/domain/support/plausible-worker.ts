import { decide } from "../../../services/engine/src/domain/decide.ts";
import { EngineError } from "../../../services/engine/src/domain/errors.ts";
import { isFinished } from "../../../services/engine/src/domain/lifecycle.ts";
import type { Operation } from "../../../services/engine/src/domain/operation.ts";
import type { InstanceState } from "../../../services/engine/src/domain/state.ts";
import {
  keyText,
  type Backoff,
  type StepConfig,
  type StepKey,
  type StepKind,
} from "../../../services/engine/src/domain/step.ts";
import type { EpochMs } from "../../../services/engine/src/domain/time.ts";
import { COMPLETE, FAIL, FAILURE, json } from "./operations.ts";
import type { ReportMove } from "./world.ts";

const NAMES = ["a", "b"];
const COUNTS_MAX = 3;
const BACKOFFS: readonly Backoff[] = ["constant", "linear", "exponential"];
const SPANS_MS = [0, 50, 1_000] as const;

/** Reached now and then. */
const BYTES_MAX = 40;

/** One in so many picks ends the run, so that most sequences see more than its beginning. */
const PICKS_AN_END = 40;

/**
 * A report that a worker could send: each pick chooses one of the operations that fit what the operations
 * before it have led to.
 */
export function plausibleReport(
  state: InstanceState,
  now: EpochMs,
  picks: readonly number[],
  park: boolean,
): ReportMove {
  const { birth, run, epoch, lease } = state;
  const { uid } = birth;
  const limits = { steps: 4, bytes: BYTES_MAX };
  const report = { epoch, sequence: (state.report?.sequence ?? 0) + 1 };
  const session = lease?.session ?? "w1";
  let move: ReportMove = { kind: "report", session, uid, run, report, operations: [], park: false, limits };
  for (const pick of picks) {
    const seen = stateAfter(state, move, now);
    if (seen === null || isFinished(seen.status)) break;
    const operation = pickOperation(seen, now, pick);
    if (operation !== null) move = { ...move, operations: [...move.operations, operation] };
  }
  // Parking while a step runs is refused; reports of others, who know less, try it.
  const running = [...(stateAfter(state, move, now) ?? state).open.values()].some((step) => step.status === "running");
  return { ...move, park: park && !running };
}

/** What a report would lead to, or null when it would be refused: then it is sent as it is. */
function stateAfter(state: InstanceState, move: ReportMove, now: EpochMs): InstanceState | null {
  try {
    return decide(state, move, now).next;
  } catch (error) {
    if (error instanceof EngineError) return null;
    throw error;
  }
}

function pickOperation(state: InstanceState, now: EpochMs, pick: number): Operation | null {
  const detail = pick >> 6;
  const pending = state.rollback?.pending ?? [];
  const astray = detail % 8 === 7;
  const toUndo = astray ? pending.at(-1) : pending[0];
  if (toUndo !== undefined && state.open.size === 0 && detail % 16 !== 15) return aStart(toUndo, 1, detail);
  if (toUndo === undefined && detail % PICKS_AN_END === PICKS_AN_END - 1) return detail % 3 === 0 ? COMPLETE : FAIL;
  const options = [
    ...ongoing(state, detail),
    ...(toUndo === undefined || astray ? beginnings(state, now, detail) : []),
  ];
  return options[pick % options.length] ?? null;
}

/** What can be said of the steps that are open. */
function ongoing({ open }: InstanceState, detail: number): readonly Operation[] {
  return [...open.values()].flatMap((step): readonly Operation[] => {
    const { key } = step;
    switch (step.status) {
      case "running": {
        const { attempt } = step;
        const retryDelayMs = detail % 3 === 0 ? (SPANS_MS[detail % SPANS_MS.length] ?? null) : null;
        return [
          { kind: "completeStep", key, attempt, output: json(detail) },
          { kind: "failStep", key, attempt, failure: FAILURE, final: detail % 5 === 0, retryDelayMs },
        ];
      }
      case "due":
        return [aStart(key, step.attempt, detail)];
      case "undelivered":
        return [
          { kind: "deliverOutcome", key },
          ...(key.kind === "wait" ? [{ kind: "cancelWait", key } as const] : []),
        ];
      case "awaiting":
        return [{ kind: "cancelWait", key }];
      case "backingOff":
      case "sleeping":
        return [];
    }
  });
}

function beginnings(state: InstanceState, now: EpochMs, detail: number): readonly Operation[] {
  const spanMs = SPANS_MS[detail % SPANS_MS.length] ?? 0;
  const end = detail % 4 === 0 ? { at: now + spanMs - 10 } : { afterMs: spanMs };
  const aDo = freeKey(state, "do", detail);
  const aSleep = freeKey(state, "sleep", detail);
  const aWait = freeKey(state, "wait", detail);
  const [eventType, other] = detail % 2 === 0 ? (["x", "y"] as const) : (["y", "x"] as const);
  const otherEventTypes = detail % 5 === 0 ? [other] : [];
  return [
    ...(aDo === null ? [] : [aStart(aDo, 1 + (detail % 3 === 0 ? state.lostAttempts : 0), detail)]),
    ...(aSleep === null ? [] : [{ kind: "startSleep", key: aSleep, end } as const]),
    ...(aWait === null
      ? []
      : [{ kind: "startWait", key: aWait, eventType, otherEventTypes, timeoutMs: spanMs } as const]),
  ];
}

function aStart(key: StepKey, attempt: number, detail: number): Operation {
  const alreadyRunning = detail % 3 === 0;
  const config: StepConfig = {
    retryLimit: detail % 3,
    retryDelayMs: SPANS_MS[detail % SPANS_MS.length] ?? 0,
    backoff: BACKOFFS[detail % BACKOFFS.length] ?? "constant",
    timeoutMs: 1_000,
    dynamicDelay: false,
    sensitive: false,
    rollback: detail % 2 === 0,
  };
  return { kind: "startStep", key, attempt, config, alreadyRunning, runningForMs: alreadyRunning ? detail % 100 : 0 };
}

/** The next use of a name, or null when it was used often enough. */
function freeKey(state: InstanceState, kind: StepKind, detail: number): StepKey | null {
  const name = NAMES[detail % NAMES.length] ?? "a";
  for (let count = 1; count <= COUNTS_MAX; count++) {
    const key: StepKey = { kind, name, count };
    if (!state.open.has(keyText(key)) && !state.finished.has(keyText(key))) return key;
  }
  return null;
}
