import type { RollbackStarted } from "../../gen/perdure/v1/journal_pb.ts";
import { StepKind } from "../../gen/perdure/v1/step_pb.ts";
import { NonRetryableError } from "../errors-non-retryable.ts";
import { decodeFailure } from "../failure.ts";
import { stepLabel } from "../names.ts";
import { resolveStepConfig } from "../step-config.ts";
import type { WorkflowStepContext, WorkflowStepRollbackOptions } from "../workflow-step.ts";
import type { InstanceIdentity } from "./instance-identity.ts";
import type { Delivery, JournalView } from "./journal-view.ts";
import { type OpenStream, outputOf } from "./outcome.ts";
import type { Reached, RollbackRegistry } from "./rollback-registry.ts";
import { rollbackScope } from "./rollback-scope.ts";
import type { StepCall } from "./step-calls.ts";
import { stepContext } from "./step-context.ts";
import type { StepKey } from "./step-key.ts";
import type { StepWork } from "./step-work.ts";

type RollbackInput = Parameters<WorkflowStepRollbackOptions["rollback"]>[0];

/** Outcomes that `run` is given though the journal has none, before what it has not asked for counts as missing. */
const GUESSES_MAX = 1_000;

/** What undoes a step when the code does not say how. */
const MISSING: StepWork = {
  ...resolveStepConfig({}),
  callback: () => {
    throw new NonRetryableError("Rollback function not available in registry", "RollbackMissing");
  },
  rollback: null,
};

export interface RollbackParts {
  readonly registry: RollbackRegistry;
  readonly view: Pick<JournalView, "step">;
  readonly identity: InstanceIdentity;
  readonly open: OpenStream;
}

/** The undoing of a run's steps, in the order that the engine has journaled. */
export class Rollback {
  readonly #started: RollbackStarted;
  readonly #parts: RollbackParts;
  #guesses = 0;
  #memo: readonly StepKey[] | null = null;

  constructor(started: RollbackStarted, parts: RollbackParts) {
    this.#started = started;
    this.#parts = parts;
  }

  /** Whether `run` has said how to undo all that is still to be undone. */
  get isKnown(): boolean {
    return this.#pending.every((key) => this.#parts.registry.work(undone(key)) !== undefined);
  }

  get guessesLeft(): number {
    return GUESSES_MAX - this.#guesses;
  }

  /** An outcome for the oldest call whose outcome the journal does not have: it may lead to the calls that are missing. */
  guess(pending: Iterable<StepCall>): Delivery | null {
    for (const { key } of pending) {
      this.#guesses += 1;
      return { key, outcome: { kind: "returned", output: undefined }, operations: [] };
    }
    return null;
  }

  /** Undoes one step after the other. @param begin Settles when the step is undone, rejects when it cannot be. */
  async undo(begin: (key: StepKey, work: StepWork) => Promise<unknown>): Promise<void> {
    for (const key of this.#pending) await begin(key, this.#workOf(key));
  }

  /** As it was when the rollback began in this process. */
  get #pending(): readonly StepKey[] {
    this.#memo ??= this.#started.steps.filter((key) => this.#parts.view.step(key)?.status !== "ended");
    return this.#memo;
  }

  /** What undoes a step, as the work of a step. */
  #workOf(key: StepKey): StepWork {
    const { registry, identity } = this.#parts;
    const step = undone(key);
    const work = registry.work(step);
    const reached = registry.reached(step);
    if (work === undefined || work.rollback === null || reached === undefined) return MISSING;
    const { handler, resolved } = work.rollback;
    const callback = async (context: WorkflowStepContext): Promise<void> => {
      const input = this.#input(step, work, reached, context);
      await rollbackScope.run(identity, () => handler(input));
    };
    return { ...resolved, callback, rollback: null };
  }

  /** Made anew for each attempt, so that a handler may change what it gets. */
  #input(step: StepKey, work: StepWork, reached: Reached, { idempotencyKey, signal }: WorkflowStepContext) {
    const { attempt, policy, output } = reached;
    const { failure } = this.#started;
    const ctx = stepContext(this.#parts.identity, { key: step, attempt, policy }, work, signal);
    return {
      ctx: { ...ctx, idempotencyKey },
      error: failure === undefined ? new Error("unknown") : (decodeFailure(failure) as Error),
      output: output === null ? undefined : outputOf(output.payload, this.#parts.open),
      stepName: stepLabel(step.name, step.count),
    } satisfies RollbackInput;
  }
}

/** The step that a step of the kind ROLLBACK undoes. */
function undone({ name, count }: StepKey): StepKey {
  return { kind: StepKind.DO, name, count };
}
