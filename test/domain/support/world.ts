import { isDeepStrictEqual } from "node:util";
import { decide as realDecide } from "../../../services/engine/src/domain/decide.ts";
import type { Decision } from "../../../services/engine/src/domain/draft.ts";
import type { JournalRecord } from "../../../services/engine/src/domain/entry.ts";
import { EngineError, type ErrorReason } from "../../../services/engine/src/domain/errors.ts";
import { isFinished } from "../../../services/engine/src/domain/lifecycle.ts";
import type { Move } from "../../../services/engine/src/domain/move.ts";
import {
  initialState,
  settleState,
  type Birth,
  type InstanceState,
} from "../../../services/engine/src/domain/state.ts";
import { keyText, type StepKey } from "../../../services/engine/src/domain/step.ts";
import { JournalAuditor } from "./journal-auditor.ts";
import { plainState, universeOf, type PlainState } from "./plain-state.ts";
import { checkNumbers, checkState, replay } from "./state-rules.ts";
import { BIRTH, T0 } from "./story.ts";
import { must, Violation } from "./violation.ts";

export type Decide = typeof realDecide;
export type ReportMove = Extract<Move, { kind: "report" }>;

/** What `decide` says that it throws. */
const REASONS: ReadonlySet<ErrorReason> = new Set([
  "INSTANCE_NOT_FOUND",
  "LEASE_LOST",
  "JOURNAL_MISMATCH",
  "JOURNAL_CONFLICT",
  "INVALID_TRANSITION",
  "LIMIT_EXCEEDED",
  "INVALID_FIELD",
]);

/** One instance under the hands of anybody, and everything that must hold checked after each move. */
export class World {
  now = T0;
  readonly birth: Birth;
  readonly records: JournalRecord[] = [];
  /** Every report that was ever sent, for those that come twice or late. */
  readonly sent: ReportMove[] = [];
  readonly #decide: Decide;
  /** What each accepted report was told. */
  readonly #putOff = new Map<ReportMove, readonly StepKey[]>();
  readonly #auditor: JournalAuditor;
  #state: InstanceState;

  constructor(handedTo: string | null, decide: Decide = realDecide) {
    this.birth = { ...BIRTH, handedTo };
    this.#decide = decide;
    this.#auditor = new JournalAuditor(handedTo);
    this.#state = initialState(this.birth, 1, T0);
  }

  get state(): InstanceState {
    return this.#state;
  }

  /** @throws {Violation} when a rule is broken. Refusals are answers. */
  move(move: Move): Decision | ErrorReason {
    if (move.kind === "report") this.sent.push(move);
    freeze(move);
    const answer = this.#answer(move);
    if (move.kind === "report" && this.#isNewest(move)) must(typeof answer !== "string", "a repetition is refused");
    if (typeof answer === "string") return answer;
    const { record, next } = answer;
    if (move.kind === "report") this.#checkStarts(move, answer);
    if (record === null) {
      must(next === this.#state, "a decision without a record changes the state");
      return answer;
    }
    checkNumbers(record);
    this.#auditor.read(record, move, this.now);
    this.records.push(record);
    settleState(next);
    this.#state = next;
    this.#check();
    return answer;
  }

  /** Whether it is the newest report accepted under the newest lease, unless that was lost since, or the run given up. */
  #isNewest({ uid, run, report }: ReportMove): boolean {
    const gone = this.#state.purged || this.#state.restartingAt !== null;
    return !gone && uid === this.birth.uid && run === this.#state.run && isDeepStrictEqual(report, this.#state.report);
  }

  /**
   * A worker calls the callback of every start that was accepted and not put off. So it is told of all that were,
   * and told the same when it asks again.
   */
  #checkStarts(move: ReportMove, { record, next, putOff }: Decision): void {
    // With its end, or the begin of its rollback, nothing of `run` is called any more.
    if (isFinished(next.status) || (this.#state.rollback === null && next.rollback !== null)) return;
    const before = this.#putOff.get(move);
    if (before !== undefined) return must(isDeepStrictEqual(putOff, before), "a repetition puts off other starts");
    // Another report under a number that is taken is a worker's mistake; it is not applied, and told of nothing.
    if (record === null && this.#isNewest(move)) return;
    if (record !== null) this.#putOff.set(move, putOff);
    const asked = move.operations.flatMap((operation) =>
      operation.kind === "startStep" ? [keyText(operation.key)] : [],
    );
    const begun = (record?.entries ?? []).flatMap((entry) =>
      entry.kind === "stepStarted" ? [keyText(entry.key)] : [],
    );
    const told = [...begun, ...putOff.map(keyText)];
    must(
      isDeepStrictEqual(told.toSorted(), asked.toSorted()),
      "a start is neither in the journal nor put off, or both",
    );
  }

  /** Decides on a state that must stay as it is, whatever comes of it. */
  #answer(move: Move): Decision | ErrorReason {
    const before = structuredClone(this.#plain(this.#state));
    try {
      return this.#decide(this.#state, move, this.now);
    } catch (error) {
      if (error instanceof EngineError && REASONS.has(error.reason)) return error.reason;
      throw new Violation(`decide threw ${String(error)}`, { cause: error });
    } finally {
      must(
        isDeepStrictEqual(structuredClone(this.#plain(this.#state)), before),
        "decide changed the state that it was given",
      );
    }
  }

  #check(): void {
    const state = this.#state;
    checkState(state);
    must(
      state.purged || state.status === this.#auditor.status,
      `${state.status}, but the journal says ${this.#auditor.status}`,
    );
    must((state.lease?.epoch ?? null) === this.#auditor.leaseEpoch, "the lease is not the journal's");
    const replayed = this.#plain(replay(this.birth, this.records));
    must(isDeepStrictEqual(replayed, this.#plain(state)), "a replay of the journal leads to another state");
  }

  #plain(state: InstanceState): PlainState {
    return plainState(state, universeOf(this.records));
  }
}

/** Whoever changes a move that he was given is found at once. Bytes cannot be frozen. */
function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
}
