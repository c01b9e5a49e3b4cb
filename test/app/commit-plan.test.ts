import { describe, expect, it } from "vitest";
import { planCommit } from "../../services/engine/src/app/commit-plan.ts";
import { decide } from "../../services/engine/src/domain/decide.ts";
import { indexOf } from "../../services/engine/src/domain/head.ts";
import { initialState, type InstanceState } from "../../services/engine/src/domain/state.ts";
import type { Move } from "../../services/engine/src/domain/move.ts";
import { json, LEASE_MS, WORKFLOW } from "../support/an-app.ts";

const NOW = 1_000_000;
const PARK: Move = {
  kind: "report",
  session: "session-a",
  uid: "u",
  run: 1,
  report: { epoch: 1, sequence: 1 },
  operations: [
    {
      kind: "startWait",
      key: { kind: "wait", name: "w", count: 1 },
      eventType: "go",
      otherEventTypes: [],
      timeoutMs: 60 * LEASE_MS,
    },
  ],
  park: true,
  limits: { steps: 10, bytes: 1_048_576 },
};
const EVENT: Move = { kind: "sendEvent", type: "go", payload: json(1), requestId: null };

function leased(): InstanceState {
  const retention = { successMs: 1, failureMs: 1 };
  const birth = { name: { ...WORKFLOW, id: "one" }, uid: "u", createdAt: NOW, params: json({}), retention };
  return initialState({ ...birth, requestId: null, handedTo: "session-a", schedule: null }, 1, NOW);
}

function planned(before: InstanceState, move: Move, stored = indexOf(before)) {
  const { record, next } = decide(before, move, NOW);
  if (record === null) throw new Error("nothing to write");
  return { next, commit: planCommit(before, record, next, { stored, shared: true }) };
}

// Invariant 7: no wake is ever lost.
describe("what is written beside a record", () => {
  it("is, for a park, the index after it, and the park waits for that: the lease led here until then", () => {
    const { commit } = planned(leased(), PARK);
    expect(commit).toMatchObject({ summon: null, awaitIndex: true, index: { status: "waiting", lease: null } });
  });

  it("is, for an event to a parked instance, a summons before it: nothing else would lead here", () => {
    const { commit } = planned(planned(leased(), PARK).next, EVENT);
    expect(commit).toMatchObject({ summon: { readyAt: NOW, status: "queued" }, index: { status: "queued" } });
  });

  it("is a summons also where the head lags and still shows the lease that the park has ended", () => {
    const { commit } = planned(planned(leased(), PARK).next, EVENT, indexOf(leased()));
    expect(commit.summon).toEqual({ readyAt: NOW, status: "queued" });
  });

  it("is a summons for a restart too, where the head is still summoned for the end whose index is on its way", () => {
    const parked = planned(leased(), PARK).next;
    const terminated = planned(parked, { kind: "terminate" });
    const summoned = { ...indexOf(parked), readyAt: terminated.commit.summon!.readyAt };
    const { commit } = planned(terminated.next, { kind: "restart" }, summoned);

    expect(commit.summon).toMatchObject({ readyAt: NOW });
  });

  it("is nothing for a report that only goes on", () => {
    const config = {
      retryLimit: 0,
      retryDelayMs: 0,
      backoff: "constant",
      timeoutMs: 1,
      dynamicDelay: false,
      sensitive: false,
      rollback: false,
    } as const;
    const key = { kind: "do", name: "s", count: 1 } as const;
    const start = { kind: "startStep", key, attempt: 1, config, alreadyRunning: true, runningForMs: 0 } as const;
    const { commit } = planned(leased(), { ...PARK, operations: [start], park: false });
    expect(commit).toMatchObject({ summon: null, index: null, awaitIndex: false });
  });
});
