import { isFinished } from "../../../services/engine/src/domain/lifecycle.ts";
import { indexOf } from "../../../services/engine/src/domain/head.ts";
import type { Operation } from "../../../services/engine/src/domain/operation.ts";
import type { OpenStep, StepKey } from "../../../services/engine/src/domain/step.ts";
import { COMPLETE, CONFIG, json } from "./operations.ts";
import { must } from "./violation.ts";
import type { World } from "./world.ts";

/** More than enough: every step that a world can have open takes three moves at most, and a pause two. */
const MOVES_MAX = 200;

/** Lets time pass, resumes, polls and works as one should until the run has ended. @throws {Violation} when it does not. */
export function finishHonestly(world: World): void {
  for (let moves = 0; moves < MOVES_MAX; moves++) {
    const { state } = world;
    if (isFinished(state.status) || state.purged) return;
    if (state.restartingAt !== null) world.move({ kind: "completeRestart" });
    else if (state.status === "paused") world.move({ kind: "resume" });
    else if (state.lease !== null) work(world, state.lease.session);
    else {
      world.now = Math.max(world.now, indexOf(state).readyAt ?? world.now);
      world.move({ kind: "grant", session: "w1" });
    }
  }
  must(false, `an honest worker does not bring this instance to its end: ${world.state.status}`);
}

function work(world: World, session: string): void {
  const { birth, run, epoch, report, open, rollback } = world.state;
  const [toUndo] = rollback?.pending ?? [];
  const last = toUndo === undefined ? COMPLETE : aStart(toUndo, 1);
  const operations = [...open.values()].flatMap(nextOf);
  const idle = open.size > 0 && operations.length === 0;
  world.move({
    kind: "report",
    session,
    uid: birth.uid,
    run,
    report: { epoch, sequence: (report?.sequence ?? 0) + 1 },
    operations: open.size === 0 ? [last] : operations,
    park: idle,
    limits: { steps: 4, bytes: 10_485_760 },
  });
}

function nextOf(step: OpenStep): readonly Operation[] {
  const { key } = step;
  switch (step.status) {
    case "running":
      return [{ kind: "completeStep", key, attempt: step.attempt, output: json(1) }];
    case "due":
      return [aStart(key, step.attempt)];
    case "undelivered":
      return [{ kind: "deliverOutcome", key }];
    case "backingOff":
    case "sleeping":
    case "awaiting":
      return [];
  }
}

function aStart(key: StepKey, attempt: number): Operation {
  return { kind: "startStep", key, attempt, config: CONFIG, alreadyRunning: false, runningForMs: 0 };
}
