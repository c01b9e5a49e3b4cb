import { decide } from "../../../services/engine/src/domain/decide.ts";
import type { Decision } from "../../../services/engine/src/domain/draft.ts";
import type { Entry, JournalRecord, LeaseLostReason } from "../../../services/engine/src/domain/entry.ts";
import { EngineError } from "../../../services/engine/src/domain/errors.ts";
import { indexOf, type HeadIndex } from "../../../services/engine/src/domain/head.ts";
import type { Status } from "../../../services/engine/src/domain/lifecycle.ts";
import type { Move } from "../../../services/engine/src/domain/move.ts";
import type { Operation } from "../../../services/engine/src/domain/operation.ts";
import { EMPTY_OBJECT, type Payload } from "../../../services/engine/src/domain/payload.ts";
import {
  initialState,
  settleState,
  type Birth,
  type InstanceState,
} from "../../../services/engine/src/domain/state.ts";
import type { Command } from "../../../services/engine/src/domain/lifecycle.ts";
import { INSTANCE_BYTES_MAX } from "../../../services/engine/src/domain/limits.ts";
import type { OpenStep } from "../../../services/engine/src/domain/step.ts";
import type { EpochMs } from "../../../services/engine/src/domain/time.ts";
import { json } from "./operations.ts";
import { plainState, universeOf, type PlainState } from "./plain-state.ts";

/** When every story begins; the numbers after it are then easy to read. */
export const T0: EpochMs = 1_000_000;

export const BIRTH: Birth = {
  name: { namespace: "default", workflow: "orders", id: "one" },
  uid: "uid-1",
  createdAt: T0,
  params: EMPTY_OBJECT,
  retention: { successMs: 1_000, failureMs: 2_000 },
  requestId: null,
  handedTo: null,
  schedule: null,
};

/** How a report differs from what the holder of the newest lease would send next. */
export interface ReportOptions {
  readonly session?: string;
  readonly run?: number;
  readonly epoch?: number;
  readonly sequence?: number;
  readonly park?: boolean;
  readonly bytesMax?: number;
  readonly stepLimit?: number;
}

export interface EventOptions {
  readonly payload?: Payload;
  readonly requestId?: string;
}

/** One instance and its clock, moved by hand. */
export class Story {
  now = T0;
  readonly records: JournalRecord[] = [];
  #state: InstanceState;

  constructor(birth: Partial<Birth> = {}) {
    this.#state = initialState({ ...BIRTH, ...birth }, 1, T0);
  }

  get state(): InstanceState {
    return this.#state;
  }

  get status(): Status {
    return this.#state.status;
  }

  /** The state as one value. */
  get plain(): PlainState {
    return plainState(this.#state, universeOf(this.records));
  }

  get index(): HeadIndex {
    return indexOf(this.#state);
  }

  get open(): readonly OpenStep[] {
    return [...this.#state.open.values()];
  }

  advance(ms: number): this {
    this.now += ms;
    return this;
  }

  /** Decides and, as a store would have it, makes the decision the truth. */
  move(move: Move): Decision {
    const decision = decide(this.#state, move, this.now);
    if (decision.record !== null) this.records.push(decision.record);
    settleState(decision.next);
    this.#state = decision.next;
    return decision;
  }

  grant(session = "w1"): this {
    this.move({ kind: "grant", session });
    return this;
  }

  reportMove(operations: readonly Operation[], options: ReportOptions = {}): Extract<Move, { kind: "report" }> {
    const { state } = this;
    const { session = state.lease?.session ?? "w1", run = state.run, epoch = state.epoch } = options;
    const {
      sequence = (state.report?.sequence ?? 0) + 1,
      park = false,
      stepLimit = 10_000,
      bytesMax = INSTANCE_BYTES_MAX,
    } = options;
    const limits = { steps: stepLimit, bytes: bytesMax };
    return {
      kind: "report",
      session,
      uid: state.birth.uid,
      run,
      report: { epoch, sequence },
      operations,
      park,
      limits,
    };
  }

  report(operations: readonly Operation[], options: ReportOptions = {}): Decision {
    return this.move(this.reportMove(operations, options));
  }

  park(...operations: readonly Operation[]): this {
    this.report(operations, { park: true });
    return this;
  }

  lose(reason: LeaseLostReason = "expired", epoch = this.#state.epoch, run = this.#state.run): Decision {
    return this.move({ kind: "loseLease", uid: this.#state.birth.uid, run, epoch, reason });
  }

  send(type: string, { payload = json(type), requestId }: EventOptions = {}): Decision {
    return this.move({ kind: "sendEvent", type, payload, requestId: requestId ?? null });
  }

  command(kind: Command): this {
    this.move({ kind });
    return this;
  }
}

/** What a decision wrote, or nothing. */
export function entriesOf(decision: Decision): readonly Entry[] {
  return decision.record?.entries ?? [];
}

/** The refusal that a call ends with; a bug or a success is no refusal. */
export function refusalOf(call: () => unknown): Pick<EngineError, "reason" | "message" | "metadata"> {
  try {
    call();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const { reason, message, metadata } = error;
    return { reason, message, metadata };
  }
  throw new Error("nothing was refused");
}
