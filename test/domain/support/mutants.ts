import { decide } from "../../../services/engine/src/domain/decide.ts";
import type { Decision } from "../../../services/engine/src/domain/draft.ts";
import type { Entry, EntryOf } from "../../../services/engine/src/domain/entry.ts";
import { EngineError } from "../../../services/engine/src/domain/errors.ts";
import { foldRecord } from "../../../services/engine/src/domain/fold.ts";
import { isFinished } from "../../../services/engine/src/domain/lifecycle.ts";
import { KeySet } from "../../../services/engine/src/domain/key-set.ts";
import { forkState, type InstanceState, type MutableState } from "../../../services/engine/src/domain/state.ts";
import type { Move } from "../../../services/engine/src/domain/move.ts";
import { keyText } from "../../../services/engine/src/domain/step.ts";
import type { EpochMs } from "../../../services/engine/src/domain/time.ts";
import type { Decide } from "./world.ts";

/** A decide with one rule broken, and the words with which the properties notice it. */
export interface Mutant {
  readonly breaks: string;
  readonly decide: Decide;
  readonly noticed: RegExp;
}

/** A decision with other entries, and the state that they lead to: consistent, so that only the rule is broken. */
function rewritten(
  state: InstanceState,
  decision: Decision,
  entries: (before: readonly Entry[]) => readonly Entry[],
): Decision {
  const { record } = decision;
  if (record === null) return { ...decision, next: state };
  const changed = { ...record, entries: entries(record.entries) };
  if (changed.entries.length === 0) return { ...decision, record: null, next: state };
  return { ...decision, record: changed, next: foldRecord(forkState(state), changed) };
}

/** What would be decided if the state were another, taken for a decision on the state as it is. */
function mistaking(state: InstanceState, mistake: Partial<InstanceState>, ...[move, now]: [Move, EpochMs]): Decision {
  return rewritten(state, decide({ ...state, ...mistake }, move, now), (entries) => entries);
}

type Fired = EntryOf<"sleepCompleted" | "waitTimedOut">;

function isFired(entry: Entry): entry is Fired {
  return entry.kind === "sleepCompleted" || entry.kind === "waitTimedOut";
}

function hasNews({ open }: InstanceState): boolean {
  return [...open.values()].some((step) => step.status === "undelivered" || step.status === "due");
}

/** Parks what a report left running, if `when` says so. */
function parkedAnyway(
  state: InstanceState,
  decision: Decision,
  move: Move,
  when: (next: InstanceState) => boolean,
): Decision {
  const { record, next } = decision;
  const asked = move.kind === "report" && move.park && record !== null && next.status === "running";
  if (!asked || !when(next)) return decision;
  return rewritten(state, decision, (entries) => [...entries, { kind: "parked" }]);
}

export const MUTANTS: readonly Mutant[] = [
  {
    breaks: "takes reports under leases that have passed on",
    decide: (state, move, now) => {
      const { lease, run } = state;
      if (move.kind !== "report" || lease === null) return decide(state, move, now);
      if (move.session === lease.session && move.report.epoch === lease.epoch) return decide(state, move, now);
      const report = { epoch: lease.epoch, sequence: (state.report?.sequence ?? 0) + 1 };
      return decide(state, { ...move, session: lease.session, run, report }, now);
    },
    noticed: /only the holder of the lease reports|a repetition puts off other starts/,
  },
  {
    breaks: "applies a report again that comes again",
    decide: (state, move, now) =>
      move.kind === "report" ? mistaking(state, { report: null }, move, now) : decide(state, move, now),
    noticed: /a report is accepted once|a repetition is refused/,
  },
  {
    breaks: "does not tell again which starts were put off",
    decide: (state, move, now) => {
      const decision = decide(state, move, now);
      return decision.record === null && decision.putOff.length > 0 ? { ...decision, putOff: [] } : decision;
    },
    noticed: /a repetition puts off other starts|neither in the journal nor put off/,
  },
  {
    breaks: "grants what is granted already",
    decide: (state, move, now) =>
      decide(move.kind === "grant" && state.lease !== null ? { ...state, status: "queued" } : state, move, now),
    noticed: /granted while another holds/,
  },
  {
    breaks: "takes a lease for that of another run",
    decide: (state, move, now) => decide(state, move.kind === "loseLease" ? { ...move, run: state.run } : move, now),
    noticed: /another run's/,
  },
  {
    breaks: "counts no attempt that was lost",
    decide: (state, move, now) => {
      if (move.kind !== "loseLease" || move.reason !== "expired") return decide(state, move, now);
      return rewritten(state, decide(state, { ...move, reason: "released" }, now), (entries) =>
        entries.map((entry) => (entry.kind === "leaseLost" ? { ...entry, reason: "expired" } : entry)),
      );
    },
    noticed: /is due while it runs/,
  },
  {
    breaks: "fires timers early",
    decide: (state, move, now) => {
      const decision = decide(state, move, now + 30);
      const record = decision.record === null ? null : { ...decision.record, committedAt: now };
      return rewritten(state, { ...decision, record }, (entries) => entries);
    },
    noticed: /fires early/,
  },
  {
    breaks: "fires no timers",
    decide: (state, move, now) =>
      rewritten(state, decide(state, move, now), (entries) =>
        entries.filter((entry) => !isFired(entry) && entry.kind !== "leaseGranted"),
      ),
    noticed: /a timer is due and has not fired|honest worker/,
  },
  {
    breaks: "fires timers in the order of their starts",
    decide: (state, move, now) =>
      rewritten(state, decide(state, move, now), (entries) => {
        const texts = [...state.open.keys()];
        const rank = (entry: Entry) => (isFired(entry) ? texts.indexOf(keyText(entry.key)) : -1);
        const known = entries.filter((entry) => rank(entry) >= 0).toSorted((a, b) => rank(a) - rank(b));
        return [...known, ...entries.filter((entry) => rank(entry) < 0)];
      }),
    noticed: /fires out of order/,
  },
  {
    breaks: "lets timers run during a pause",
    decide: (state, move, now) =>
      move.kind === "sendEvent" ? mistaking(state, { pausedAt: null }, move, now) : decide(state, move, now),
    noticed: /fires during a pause/,
  },
  {
    breaks: "gives an event to a wait whose time is over",
    decide: (state, move, now) =>
      rewritten(state, decide(state, move, now), (entries) => {
        const accepted = entries.find((entry) => entry.kind === "eventAccepted");
        const late = entries.filter(isFired).find(({ key }) => {
          const step = state.open.get(keyText(key));
          return step?.status === "awaiting" && step.eventTypes.includes(accepted?.type ?? "");
        });
        if (accepted === undefined || late === undefined) return entries;
        const taken = { kind: "waitCompleted", key: late.key, event: accepted.event } as const;
        return [...entries.filter((entry) => entry !== late), taken];
      }),
    noticed: /takes an event after its time/,
  },
  {
    breaks: "gives events to the wait that came last",
    decide: (state, move, now) =>
      move.kind === "sendEvent"
        ? mistaking(state, { open: new Map([...state.open].toReversed()) }, move, now)
        : decide(state, move, now),
    noticed: /is given an event before/,
  },
  {
    breaks: "gives the newest event first",
    decide: (state, move, now) => mistaking(state, { buffered: state.buffered.toReversed() }, move, now),
    noticed: /out of turn/,
  },
  {
    breaks: "gives an event twice",
    decide: (state, move, now) => {
      const taken = state.eventCount > 0 && state.buffered.every(({ event }) => event !== 1);
      const decision = decide(taken ? { ...state, buffered: [{ event: 1, type: "x" }] } : state, move, now);
      const again = decision.record?.entries.some((entry) => entry.kind === "waitCompleted" && entry.event === 1);
      return again === true ? decision : decide(state, move, now);
    },
    noticed: /out of turn, or twice/,
  },
  {
    breaks: "accepts an event twice",
    decide: (state, move, now) => mistaking(state, { requestIds: new KeySet() }, move, now),
    noticed: /an event is accepted twice/,
  },
  {
    breaks: "starts steps though a pause is pending",
    decide: (state, move, now) => {
      if (move.kind !== "report") return decide(state, move, now);
      const operations = move.operations.map((operation) =>
        operation.kind === "startStep" ? { ...operation, alreadyRunning: true } : operation,
      );
      return decide(state, { ...move, operations }, now);
    },
    noticed: /a step starts though a pause is pending/,
  },
  {
    breaks: "pauses while a worker is at it",
    decide: (state, move, now) =>
      rewritten(state, decide(state, move, now), (entries) =>
        entries.map((entry) => (entry.kind === "pauseRequested" ? { kind: "paused" } : entry)),
      ),
    noticed: /a leased instance is paused at once/,
  },
  {
    breaks: "parks though there is news",
    decide: (state, move, now) => parkedAnyway(state, decide(state, move, now), move, hasNews),
    noticed: /parked that has news/,
  },
  {
    breaks: "parks what nothing would wake",
    decide: (state, move, now) => parkedAnyway(state, decide(state, move, now), move, ({ open }) => open.size === 0),
    noticed: /nothing would wake/,
  },
  {
    breaks: "lets a result change",
    decide: (state, move, now) =>
      rewritten(state, decide(state, move, now), (entries) =>
        entries.flatMap<Entry>((entry) => (entry.kind === "stepCompleted" ? [entry, entry] : [entry])),
      ),
    noticed: /completes while it is over/,
  },
  {
    breaks: "delivers an outcome twice",
    decide: (state, move, now) =>
      rewritten(state, decide(state, move, now), (entries) => [
        ...entries.filter((entry) => entry.kind === "outcomeDelivered"),
        ...entries,
      ]),
    noticed: /delivered without an outcome, or twice/,
  },
  {
    breaks: "lets something follow the end",
    decide: (state, move, now) =>
      isFinished(state.status) && move.kind === "sendEvent"
        ? mistaking(state, { status: "queued" }, move, now)
        : decide(state, move, now),
    noticed: /follows the end|cannot follow a state that is/,
  },
  {
    breaks: "refuses what an honest worker says",
    decide: (state, move, now) => {
      if (move.kind === "report" && move.operations.some(({ kind }) => kind === "deliverOutcome"))
        throw new EngineError("JOURNAL_MISMATCH", "no");
      return decide(state, move, now);
    },
    noticed: /honest worker|a repetition is refused/,
  },
  {
    breaks: "throws what is no refusal",
    decide: (state, move, now) => {
      try {
        return decide(state, move, now);
      } catch (error) {
        throw new TypeError("undefined is not a function", { cause: error });
      }
    },
    noticed: /decide threw TypeError/,
  },
  {
    breaks: "changes the state that it is given",
    decide: (state, move, now) => {
      const decision = decide(state, move, now);
      const [first] = state.open.keys();
      if (first !== undefined && decision.record !== null) (state as MutableState).open.delete(first);
      return decision;
    },
    noticed: /decide changed the state/,
  },
  {
    breaks: "keeps something from the journal",
    decide: (state, move, now) => {
      const { next, ...decision } = decide(state, move, now);
      return { ...decision, next: next === state ? next : { ...next, stepCount: next.stepCount + 1 } };
    },
    noticed: /another state/,
  },
  {
    breaks: "undoes the step that started first first",
    decide: (state, move, now) =>
      rewritten(state, decide(state, move, now), (entries) =>
        entries.map((entry) =>
          entry.kind === "rollbackStarted" ? { ...entry, steps: entry.steps.toReversed() } : entry,
        ),
      ),
    noticed: /not undone in the order of their starts/,
  },
  {
    breaks: "ends without undoing anything",
    decide: (state, move, now) => mistaking(state, state.rollback === null ? { undoable: null } : {}, move, now),
    noticed: /and its steps are not undone/,
  },
  {
    breaks: "undoes steps in any order",
    decide: (state, move, now) => {
      const { rollback } = state;
      const starts =
        move.kind === "report" ? move.operations.filter((operation) => operation.kind === "startStep") : [];
      const asked = rollback?.pending.find((key) => keyText(key) === keyText(starts[0]?.key ?? key));
      if (rollback === null || asked === undefined) return decide(state, move, now);
      const pending = [asked, ...rollback.pending.filter((key) => key !== asked)];
      return mistaking(state, { rollback: { ...rollback, pending } }, move, now);
    },
    noticed: /is undone out of turn/,
  },
  {
    breaks: "lets run go on in a rollback",
    decide: (state, move, now) =>
      move.kind === "report" && move.operations.some(({ kind }) => kind === "startSleep" || kind === "startWait")
        ? mistaking(state, { rollback: null }, move, now)
        : decide(state, move, now),
    noticed: /during a rollback/,
  },
  {
    breaks: "goes on undoing after a step that could not be undone",
    decide: (state, move, now) =>
      rewritten(state, decide(state, move, now), (entries) =>
        entries.some(({ kind }) => kind === "rollbackFailed") && move.kind === "report"
          ? entries.slice(
              0,
              entries.findIndex(({ kind }) => kind === "rollbackFailed"),
            )
          : entries,
      ),
    noticed: /a rollback has nothing to do, and goes on/,
  },
  {
    breaks: "does not end with the last step that was undone",
    decide: (state, move, now) =>
      rewritten(state, decide(state, move, now), (entries) =>
        entries.some(({ kind }) => kind === "rollbackCompleted") ? entries.slice(0, -2) : entries,
      ),
    noticed: /a rollback has nothing to do, and goes on/,
  },
  {
    breaks: "ends a rollback but not its instance",
    decide: (state, move, now) =>
      rewritten(state, decide(state, move, now), (entries) =>
        entries.some(({ kind }) => kind === "rollbackCompleted") ? entries.slice(0, -1) : entries,
      ),
    noticed: /do not end together/,
  },
  {
    breaks: "ends a failed run as one that a caller terminated",
    decide: (state, move, now) =>
      mistaking(
        state,
        state.rollback === null ? {} : { rollback: { ...state.rollback, cause: "terminated" } },
        move,
        now,
      ),
    noticed: /a failure ends as a termination/,
  },
  {
    breaks: "forgets why run has failed",
    decide: (state, move, now) => {
      const { rollback } = state;
      if (rollback === null) return decide(state, move, now);
      const failure = { name: "Error", message: "something", stack: null, details: null };
      return mistaking(state, { rollback: { ...rollback, failure } }, move, now);
    },
    noticed: /the failure of run is forgotten/,
  },
  {
    breaks: "pauses a rollback",
    decide: (state, move, now) =>
      move.kind === "pause" ? mistaking(state, { rollback: null }, move, now) : decide(state, move, now),
    noticed: /pause.* during a rollback/,
  },
  {
    breaks: "rolls back what is rolled back already",
    decide: (state, move, now) =>
      move.kind === "rollBack" && state.rollback !== null
        ? mistaking(state, { rollback: null }, move, now)
        : decide(state, move, now),
    noticed: /and its steps are not undone/,
  },
  {
    breaks: "keeps the event of a wait that was cancelled from the next in line",
    decide: (state, move, now) =>
      rewritten(state, decide(state, move, now), (entries) =>
        entries.filter(
          (entry, index) => entry.kind !== "waitCompleted" || entries[index - 1]?.kind !== "waitCancelled",
        ),
      ),
    noticed: /waits though an event of its type is kept|delivered without an outcome/,
  },
  {
    breaks: "stores more than may be stored",
    decide: (state, move, now) =>
      move.kind === "report"
        ? decide(state, { ...move, limits: { ...move.limits, bytes: Infinity } }, now)
        : decide(state, move, now),
    noticed: /more is stored than may be/,
  },
  {
    breaks: "lets others act while a run is restarted from a step",
    decide: (state, move, now) =>
      state.restartingAt !== null && move.kind !== "completeRestart"
        ? mistaking(state, { restartingAt: null }, move, now)
        : decide(state, move, now),
    noticed: /follows a restart under way/,
  },
  {
    breaks: "lets others act on what was deleted",
    decide: (state, move, now) =>
      state.purged ? mistaking(state, { purged: false, endedAt: null }, move, now) : decide(state, move, now),
    noticed: /follows the purge/,
  },
];
