import { describe, expect, it } from "vitest";
import type { Entry } from "../../services/engine/src/domain/entry.ts";
import {
  afterCommand,
  afterFact,
  DENY,
  isFinished,
  ON_COMMAND,
  ON_FACT,
  SAME,
  type Command,
  type Fact,
  type Status,
} from "../../services/engine/src/domain/lifecycle.ts";
import type { Move } from "../../services/engine/src/domain/move.ts";
import { payloadBytes } from "../../services/engine/src/domain/payload.ts";
import { initialState } from "../../services/engine/src/domain/state.ts";
import { IN_STATUS } from "./support/in-each-status.ts";
import { aWait, COMPLETE, FAIL, FAILURE, json } from "./support/operations.ts";
import { plainState, universeOf, type PlainState } from "./support/plain-state.ts";
import { refusalOf, type Story } from "./support/story.ts";

const STATUSES = Object.keys(ON_COMMAND) as Status[];
const COMMANDS = Object.keys(ON_COMMAND.queued) as Command[];
const FACTS = Object.keys(ON_FACT.queued) as Fact[];
const ON_COMMAND_CELLS = STATUSES.flatMap((status) =>
  COMMANDS.map((move) => ({ status, move, cell: ON_COMMAND[status][move] })),
);
const ON_FACT_CELLS = STATUSES.flatMap((status) =>
  FACTS.map((move) => ({ status, move, cell: ON_FACT[status][move] })),
);

/** A rollback needs steps that can be undone: rollback.test.ts has those. */
type PlainCommand = Exclude<Command, "rollBack">;
type PlainFact = Exclude<Fact, "rollBack">;
const PLAIN_COMMAND_CELLS = ON_COMMAND_CELLS.flatMap(({ status, move, cell }) =>
  move === "rollBack" ? [] : [{ status, move, cell }],
);
const PLAIN_FACT_CELLS = ON_FACT_CELLS.flatMap(({ status, move, cell }) =>
  move === "rollBack" ? [] : [{ status, move, cell }],
);

describe("the lifecycle tables", () => {
  it.each(ON_COMMAND_CELLS.filter(({ cell }) => cell !== DENY))(
    "make $cell of $status on the command $move",
    ({ status, move, cell }) => {
      expect(afterCommand(status, move)).toBe(cell === SAME ? status : cell);
    },
  );

  it.each(ON_COMMAND_CELLS.filter(({ cell }) => cell === DENY))(
    "refuse the command $move to $status",
    ({ status, move }) => {
      expect(refusalOf(() => afterCommand(status, move))).toEqual(denied(status, move));
    },
  );

  it.each(ON_FACT_CELLS.filter(({ cell }) => cell !== DENY))(
    "make $cell of $status on the fact $move",
    ({ status, move, cell }) => {
      expect(afterFact(status, move)).toBe(cell === SAME ? status : cell);
    },
  );

  it.each(ON_FACT_CELLS.filter(({ cell }) => cell === DENY))("refuse the fact $move to $status", ({ status, move }) => {
    expect(refusalOf(() => afterFact(status, move))).toEqual(denied(status, move));
  });

  it.each(STATUSES.filter(isFinished))("let nothing but a restart follow %s", (status) => {
    const denied = { terminate: DENY, rollBack: DENY };
    expect(ON_COMMAND[status]).toEqual({ pause: SAME, resume: SAME, ...denied, restart: "queued" });
    expect(new Set<string>(Object.values(ON_FACT[status]))).toEqual(new Set([DENY]));
  });

  it.each(STATUSES)("lead from queued to %s, and from there to every other status", (status) => {
    expect(reachableFrom("queued")).toContain(status);
    expect(reachableFrom(status)).toEqual(new Set(STATUSES));
  });
});

/** What a command that has an effect writes and changes, beside position and status. */
const COMMAND_EFFECT: Record<
  PlainCommand,
  (after: Status, before: PlainState, now: number) => [Entry, Partial<PlainState>]
> = {
  pause: (after, _, now) =>
    after === "paused" ? [{ kind: "paused" }, { pausedAt: now }] : [{ kind: "pauseRequested" }, {}],
  resume: (_, before, now) => {
    if (before.pausedAt === null) return [{ kind: "resumed" }, {}];
    const shiftMs = now - before.pausedAt;
    const open = before.open.map((step) => ("dueAt" in step ? { ...step, dueAt: step.dueAt + shiftMs } : step));
    return [{ kind: "resumed" }, { pausedAt: null, readySince: now, open }];
  },
  terminate: (_after, _before, now) => [{ kind: "instanceTerminated" }, ended(now)],
  restart: (_, before, now) => [
    { kind: "instanceRestarted" },
    plainState(initialState(before.birth, before.run + 1, now), universeOf([])),
  ],
};

/** An instance in a status, some time later, and what it was. */
function instanceIn(status: Status): { story: Story; before: PlainState } {
  const story = IN_STATUS[status]().advance(100);
  expect(story.status).toBe(status);
  return { story, before: story.plain };
}

/** A restart always begins anew; any other command that leads nowhere changes nothing. */
const HAS_EFFECT = ({ status, move, cell }: { status: Status; move: PlainCommand; cell: string }) =>
  cell !== DENY && (move === "restart" || (cell !== SAME && cell !== status));

describe("a command", () => {
  it.each(PLAIN_COMMAND_CELLS.filter(HAS_EFFECT))(
    "$move makes $cell of a $status instance, and nothing else",
    (cell) => {
      const { story, before } = instanceIn(cell.status);
      const status = afterCommand(cell.status, cell.move);
      const { record } = story.move({ kind: cell.move });
      const [entry, changes] = COMMAND_EFFECT[cell.move](status, before, story.now);
      const position = before.position + 1;

      expect(record).toEqual({ position, committedAt: story.now, report: null, entries: [entry] });
      expect(story.plain).toEqual({ ...before, position, status, ...changes });
    },
  );

  it.each(PLAIN_COMMAND_CELLS.filter(({ cell }) => cell === SAME))(
    "$move leaves a $status instance as it is",
    (cell) => {
      const { story, before } = instanceIn(cell.status);

      expect(story.move({ kind: cell.move })).toEqual({ record: null, next: story.state, putOff: [] });
      expect(story.plain).toEqual(before);
    },
  );

  it.each(PLAIN_COMMAND_CELLS.filter(({ cell }) => cell === DENY))("$move is refused to a $status instance", (cell) => {
    const { story, before } = instanceIn(cell.status);

    expect(refusalOf(() => story.command(cell.move))).toEqual(denied(cell.status, cell.move));
    expect(story.plain).toEqual(before);
  });
});

/** The move that reports a fact. All instances wait for "go". */
const FACT_MOVE: Record<PlainFact, (story: Story) => Move> = {
  start: () => ({ kind: "grant", session: "w2" }),
  park: (story) => story.reportMove([], { park: true }),
  wake: () => ({ kind: "sendEvent", type: "go", payload: json("go"), requestId: null }),
  lose: ({ state }) => ({
    kind: "loseLease",
    uid: state.birth.uid,
    run: state.run,
    epoch: state.epoch,
    reason: "expired",
  }),
  complete: (story) => story.reportMove([COMPLETE]),
  fail: (story) => story.reportMove([FAIL]),
  settlePause: (story) => story.reportMove([]),
};

/** The facts that a move brings about: the one it reports, but a pending pause comes first. */
function factsOf(status: Status, move: PlainFact): readonly PlainFact[] {
  if (status === "waitingForPause" && move === "park") return ["settlePause"];
  if (status === "waitingForPause" && move === "lose") return ["lose", "settlePause"];
  return [move];
}

const FACTS_TAKEN = PLAIN_FACT_CELLS.map(({ status, move }) => ({ status, move, facts: factsOf(status, move) }));
const DENIED_FACTS = FACTS_TAKEN.filter(({ status, facts }) => facts.some((fact) => ON_FACT[status][fact] === DENY));
const COMES_LATE = DENIED_FACTS.filter(
  ({ status, move }) => move === "start" || move === "lose" || (move === "settlePause" && status === "running"),
);

const WAS_WAITING = { status: "undelivered", key: aWait("approval"), event: { event: 1, type: "go" } } as const;

/** What a fact writes and changes, beside position, status and whose report it was. */
const FACT_EFFECT: Record<PlainFact, (before: PlainState, now: number) => [readonly Entry[], Partial<PlainState>]> = {
  start: ({ epoch }, now) => [
    [{ kind: "leaseGranted", epoch: epoch + 1, session: "w2" }],
    { epoch: epoch + 1, lease: { session: "w2", epoch: epoch + 1, grantedAt: now }, report: null, retained: null },
  ],
  park: (before) => [[{ kind: "parked" }], released(before)],
  wake: ({ status, readySince, storedBytes }, now) => [
    [
      { kind: "eventAccepted", event: 1, type: "go", payload: json("go"), acceptedAt: now, requestId: null },
      { kind: "waitCompleted", key: aWait("approval"), event: 1 },
    ],
    {
      eventCount: 1,
      storedBytes: storedBytes + payloadBytes(json("go")),
      open: [WAS_WAITING],
      readySince: status === "waiting" ? now : readySince,
    },
  ],
  lose: ({ epoch, status, readySince }, now) => [
    [{ kind: "leaseLost", epoch, reason: "expired" }],
    { lease: null, report: null, readySince: status === "running" ? now : readySince },
  ],
  complete: (_, now) => [[{ kind: "instanceCompleted", output: json("done") }], ended(now)],
  fail: (_, now) => [[{ kind: "instanceFailed", failure: FAILURE }], ended(now)],
  settlePause: (before, now) => [[{ kind: "paused" }], { pausedAt: now, ...released(before) }],
};

describe("a fact", () => {
  it.each(FACTS_TAKEN.filter((cell) => !DENIED_FACTS.includes(cell)))(
    "$move of a $status instance does what the table says, and nothing else",
    ({ status, move, facts }) => {
      const { story, before } = instanceIn(status);
      const request = FACT_MOVE[move](story);
      const { record } = story.move(request);
      const position = before.position + 1;
      const report = request.kind === "report" ? request.report : null;
      let expected: PlainState = { ...before, position };
      const entries = facts.flatMap((fact) => {
        const [written, changes] = FACT_EFFECT[fact](expected, story.now);
        expected = { ...expected, status: afterFact(expected.status, fact), ...changes };
        return written;
      });

      expect(record).toEqual({ position, committedAt: story.now, report, entries });
      expect(story.plain).toEqual(report === null ? expected : { ...expected, report });
    },
  );

  it.each(COMES_LATE)("$move of a $status instance has nothing to change", ({ status, move }) => {
    const { story, before } = instanceIn(status);

    expect(story.move(FACT_MOVE[move](story)).record).toBeNull();
    expect(story.plain).toEqual(before);
  });

  it.each(DENIED_FACTS.filter((cell) => !COMES_LATE.includes(cell)))(
    "$move of a $status instance is refused",
    ({ status, move }) => {
      const { story, before } = instanceIn(status);
      const reason = move === "wake" ? "INVALID_TRANSITION" : "LEASE_LOST";

      expect(refusalOf(() => story.move(FACT_MOVE[move](story)))).toMatchObject({ reason });
      expect(story.plain).toEqual(before);
    },
  );
});

function denied(status: Status, move: PlainCommand | Fact) {
  const message = `cannot ${move} an instance that is ${status}`;
  return { reason: "INVALID_TRANSITION", message, metadata: { status, move } };
}

function ended(now: number): Partial<PlainState> {
  return { endedAt: now, lease: null, retained: null, pausedAt: null, open: [], finished: [], buffered: [] };
}

/** The lease goes, and its holder may still have the run in memory. */
function released({ lease, position, retained }: PlainState): Partial<PlainState> {
  return { lease: null, retained: lease === null ? retained : { session: lease.session, position } };
}

function reachableFrom(start: Status): ReadonlySet<Status> {
  const reached = new Set([start]);
  for (const status of reached) {
    const cells: readonly string[] = [...Object.values(ON_COMMAND[status]), ...Object.values(ON_FACT[status])];
    for (const cell of cells) if (cell !== SAME && cell !== DENY) reached.add(cell as Status);
  }
  return reached;
}
