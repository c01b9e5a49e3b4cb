import * as fc from "fast-check";
import type { LeaseLostReason } from "../../../services/engine/src/domain/entry.ts";
import { nextDueAt } from "../../../services/engine/src/domain/head.ts";
import type { Command } from "../../../services/engine/src/domain/lifecycle.ts";
import { anyNumber, anyOperation, arbitraryMove, withNumber } from "./arbitrary-move.ts";
import type { Move } from "../../../services/engine/src/domain/move.ts";
import type { Operation } from "../../../services/engine/src/domain/operation.ts";
import { json } from "./operations.ts";
import { plausibleReport } from "./plausible-worker.ts";
import type { World } from "./world.ts";

/** One thing that somebody does; what exactly depends on what the world is like then. */
export type Action =
  | { readonly does: "tick"; readonly ms: number }
  /** To the moment of the earliest timer, or just beside it. */
  | { readonly does: "tickToTimer"; readonly offset: number }
  | { readonly does: "grant"; readonly session: string }
  | { readonly does: "work"; readonly picks: readonly number[]; readonly park: boolean }
  /** As plausible, but for one number; or under the right lease, but otherwise anything. */
  | { readonly does: "miscount"; readonly picks: readonly number[]; readonly field: number; readonly number: number }
  | { readonly does: "misreport"; readonly operations: readonly Operation[] }
  | { readonly does: "sendAgain"; readonly ago: number }
  /** Somebody may have heard late of a run that is over. */
  | { readonly does: "lose"; readonly reason: LeaseLostReason; readonly runsAgo: number }
  | { readonly does: "send"; readonly type: string; readonly requestId: string | null; readonly grantTo: string | null }
  | { readonly does: "command"; readonly command: Command }
  | { readonly does: "keep"; readonly move: "settle" | "purge" | "completeRestart" | "delete" }
  | { readonly does: "restartFrom"; readonly name: string }
  | { readonly does: "anything"; readonly move: Move };

const SESSIONS = ["w1", "w2"] as const;

/** Clocks of replicas differ: time goes back now and then. */
const tick = fc.record({ does: fc.constant("tick"), ms: fc.constantFrom(0, 1, 30, 100, 1_000, 5_000, -20) });
const tickToTimer = fc.record({ does: fc.constant("tickToTimer"), offset: fc.constantFrom(-1, 0, 0, 1) });
const grant = fc.record({ does: fc.constant("grant"), session: fc.constantFrom(...SESSIONS) });
const work = fc.record({
  does: fc.constant("work"),
  picks: fc.array(fc.nat(0xffff), { maxLength: 4 }),
  park: fc.boolean(),
});
const miscount = fc.record({
  does: fc.constant("miscount"),
  picks: fc.array(fc.nat(0xffff), { minLength: 1, maxLength: 2 }),
  field: fc.nat(9),
  number: anyNumber,
});
const misreport = fc.record({ does: fc.constant("misreport"), operations: fc.array(anyOperation, { maxLength: 2 }) });
const sendAgain = fc.record({ does: fc.constant("sendAgain"), ago: fc.nat(3) });
const lose = fc.record({
  does: fc.constant("lose"),
  reason: fc.constantFrom("expired", "released", "undelivered"),
  runsAgo: fc.constantFrom(0, 0, 0, 1),
});
const send = fc.record({
  does: fc.constant("send"),
  type: fc.constantFrom("x", "y"),
  requestId: fc.constantFrom(null, "r1", "r2"),
  grantTo: fc.constantFrom(null, ...SESSIONS),
});
const command = fc.record({
  does: fc.constant("command"),
  command: fc.constantFrom<Command[]>(
    "pause",
    "pause",
    "pause",
    "resume",
    "resume",
    "resume",
    "terminate",
    "rollBack",
    "rollBack",
    "restart",
  ),
});
const keep = fc.record({
  does: fc.constant("keep"),
  move: fc.constantFrom("settle", "settle", "settle", "purge", "purge", "purge", "completeRestart", "delete"),
});
const restartFrom = fc.record({ does: fc.constant("restartFrom"), name: fc.constantFrom("a", "b") });
const anything = fc.record({ does: fc.constant("anything"), move: arbitraryMove });

export const actions: fc.Arbitrary<readonly Action[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: tick },
    { weight: 3, arbitrary: tickToTimer },
    { weight: 6, arbitrary: grant },
    { weight: 12, arbitrary: work },
    { weight: 2, arbitrary: miscount },
    { weight: 1, arbitrary: misreport },
    { weight: 2, arbitrary: sendAgain },
    { weight: 1, arbitrary: lose },
    { weight: 2, arbitrary: send },
    { weight: 3, arbitrary: command },
    { weight: 1, arbitrary: keep },
    { weight: 1, arbitrary: restartFrom },
    { weight: 1, arbitrary: anything },
  ) satisfies fc.Arbitrary<Action>,
  { maxLength: 40, size: "max" },
);

/** Does it. @throws {Violation} */
export function act(world: World, action: Action): void {
  switch (action.does) {
    case "tick":
      world.now += action.ms;
      return;
    case "tickToTimer":
      world.now = Math.max(world.now, (nextDueAt(world.state) ?? world.now) + action.offset);
      return;
    case "grant":
      world.move({ kind: "grant", session: action.session });
      return;
    case "work":
      if (world.state.lease !== null) world.move(plausibleReport(world.state, world.now, action.picks, action.park));
      return;
    case "miscount": {
      const report = plausibleReport(world.state, world.now, action.picks, false);
      const operations = report.operations.map((operation) => withNumber(operation, action.field, action.number));
      world.move({ ...report, operations });
      return;
    }
    case "misreport":
      world.move({ ...plausibleReport(world.state, world.now, [], false), operations: action.operations });
      return;
    case "sendAgain": {
      const report = world.sent.at(-1 - action.ago);
      if (report !== undefined) world.move(report);
      return;
    }
    case "lose": {
      const { birth, run, epoch } = world.state;
      world.move({ kind: "loseLease", uid: birth.uid, run: run - action.runsAgo, epoch, reason: action.reason });
      return;
    }
    case "send": {
      const { type, requestId, grantTo } = action;
      const event = { kind: "sendEvent", type, payload: json(1), requestId } as const;
      world.move(grantTo === null ? event : { ...event, grantTo });
      return;
    }
    case "command":
      world.move({ kind: action.command });
      return;
    case "keep":
      world.move({ kind: action.move });
      return;
    case "restartFrom":
      world.move({ kind: "restartFrom", key: { kind: "do", name: action.name, count: 1 } });
      return;
    case "anything":
      world.move(action.move);
      return;
  }
}
