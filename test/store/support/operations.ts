import * as fc from "fast-check";
import { EngineError } from "../../../services/engine/src/domain/errors.ts";
import type { HeadIndex } from "../../../services/engine/src/domain/head.ts";
import type { InstanceName } from "../../../services/engine/src/domain/name.ts";
import type { Store } from "../../../services/engine/src/store/store.ts";
import { anyPayload, anyRecordAt, anyStatus } from "./arbitraries.ts";
import { aHead, aName, aSession, EVERYTHING, NOW } from "./nouns.ts";

/** Instances that a sequence of operations has tried to create, so that later ones can be about them. */
export interface Attempted {
  readonly name: InstanceName;
  readonly uid: string;
}

/** One call of a store. Both stores of a comparison are asked the same. */
export interface Operation {
  /** For the report of a failure. */
  readonly text: string;
  readonly run: (store: Store, attempted: readonly Attempted[]) => Promise<unknown>;
  /** What it tries to create. */
  readonly creates?: Attempted;
}

/** Few of each, so that operations meet. */
const SESSIONS = ["session-0", "session-1", "session-2", "session-3"] as const;
const WORKERS = [null, "worker-0", "\ud800"] as const;
const WORKFLOWS = ["greet", "bill"] as const;
const NAMES = WORKFLOWS.flatMap((workflow) => ["a", "b", "c"].map((id) => aName(id, workflow)));

const soon = fc.integer({ min: NOW, max: NOW + 6 });
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const session = fc.constantFrom(...SESSIONS);
const limit = fc.integer({ min: 1, max: 5 });
const page = fc.record({ records: fc.integer({ min: 1, max: 4 }), bytes: fc.constant(Infinity) });

const index: fc.Arbitrary<HeadIndex> = fc.record({
  run: fc.integer({ min: 1, max: 2 }),
  runStartedAt: soon,
  position: fc.integer({ min: 0, max: 4 }),
  status: anyStatus,
  readyAt: orNull(soon),
  lease: orNull(fc.record({ session, epoch: fc.integer({ min: 1, max: 3 }), grantedAt: soon })),
  endedAt: orNull(soon),
  purgeAt: orNull(soon),
});

/** Which of the instances tried so far; a stranger when there are none. */
function about(attempted: readonly Attempted[], pick: number): Attempted {
  return attempted[pick % attempted.length] ?? { name: aName("stranger"), uid: "stranger" };
}

const creates: fc.Arbitrary<Operation> = fc
  .record({
    name: fc.constantFrom(...NAMES),
    uid: fc.uuid(),
    createdAt: soon,
    params: anyPayload,
    index: orNull(index),
  })
  .map(({ name, uid, createdAt, params, index: at }) => {
    const head = aHead(name, { uid, createdAt, params }, at ?? {});
    return {
      text: `create ${uid} ${JSON.stringify(head)}`,
      creates: { name, uid },
      run: (store) => store.create(head),
    };
  });

const appends: fc.Arbitrary<Operation> = fc
  .record({
    pick: fc.nat(20),
    run: fc.integer({ min: 1, max: 2 }),
    record: fc.integer({ min: 1, max: 4 }).chain(anyRecordAt),
    index: orNull(index),
    summon: orNull(fc.record({ readyAt: soon, status: anyStatus })),
  })
  .map(({ pick, run, record, index: next, summon }) => ({
    text: `append ${pick} ${run}/${record.position} ${JSON.stringify({ next, summon })}`,
    run: (store, attempted) => {
      const { name, uid } = about(attempted, pick);
      return store.append({ name, journal: { uid, run }, record, index: next, summon, awaitIndex: true });
    },
  }));

const journals: fc.Arbitrary<Operation> = fc
  .record({ pick: fc.nat(20), run: fc.integer({ min: 1, max: 3 }), after: fc.nat(5), page })
  .map(({ pick, run, after, page: size }) => ({
    text: `journal ${pick} ${run}/${after} ${size.records}`,
    run: (store, attempted) => store.journal({ uid: about(attempted, pick).uid, run }, after, size),
  }));

const removals: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ pick: fc.nat(20), until: soon }).map(({ pick, until }) => ({
    text: `releaseName ${pick} ${until}`,
    run: (store: Store, attempted: readonly Attempted[]) => {
      const { name, uid } = about(attempted, pick);
      return store.releaseName(name, uid, until);
    },
  })),
  fc.nat(20).map((pick) => ({
    text: `removeJournals ${pick}`,
    run: (store: Store, attempted: readonly Attempted[]) => store.removeJournals(about(attempted, pick)),
  })),
  fc
    .tuple(soon, limit)
    .map(([now, most]) => ({ text: `removable ${now} ${most}`, run: (store: Store) => store.removable(now, most) })),
);

const queries: fc.Arbitrary<Operation> = fc.oneof(
  fc
    .constantFrom(...NAMES)
    .map((name) => ({ text: `head ${name.workflow}/${name.id}`, run: (store: Store) => store.head(name) })),
  fc.record({ workflows: fc.subarray([...WORKFLOWS]), until: soon, limit }).map((query) => ({
    text: `ready ${JSON.stringify(query)}`,
    run: (store: Store) => store.ready({ namespace: "default", ...query }),
  })),
  fc.tuple(session, orNull(fc.constantFrom(...NAMES)), limit).map(([of, after, most]) => ({
    text: `leasedTo ${of} ${after?.id} ${most}`,
    run: (store: Store) => store.leasedTo(of, after, most),
  })),
  fc.constant({ text: "leaseHolders", run: (store: Store) => store.leaseHolders() }),
  fc
    .tuple(soon, limit)
    .map(([now, most]) => ({ text: `purgeable ${now} ${most}`, run: (store: Store) => store.purgeable(now, most) })),
  fc
    .record({
      workflow: orNull(fc.constantFrom(...WORKFLOWS)),
      statuses: fc.array(anyStatus, { maxLength: 3 }),
      createdFrom: orNull(soon),
      createdBefore: orNull(soon),
      after: orNull(fc.record({ createdAt: soon, uid: fc.uuid() })),
      limit,
    })
    .map((query) => ({
      text: `list ${JSON.stringify(query)}`,
      run: (store: Store) => store.list({ ...EVERYTHING, ...query }),
    })),
);

const sessions: fc.Arbitrary<Operation> = fc.oneof(
  fc
    .record({
      id: session,
      workerName: fc.constantFrom(...WORKERS),
      expiresAt: soon,
      now: soon,
      register: fc.boolean(),
    })
    .map(({ id, workerName, expiresAt, now, register }) => ({
      text: `extendSession ${id} ${String(workerName)} ${expiresAt} at ${now} ${register}`,
      run: (store: Store) => store.extendSession(aSession(id, { workerName, expiresAt }), now, register),
    })),
  session.map((id) => ({ text: `endSession ${id}`, run: (store: Store) => store.endSession(id) })),
  fc
    .oneof(
      soon,
      soon.map((now) => now + 3_600_000),
    )
    .map((now) => ({
      text: `aliveSessions ${now}`,
      run: (store: Store) => store.aliveSessions(now),
    })),
);

export const anyOperations: fc.Arbitrary<readonly Operation[]> = fc.array(
  fc.oneof(
    { arbitrary: creates, weight: 3 },
    { arbitrary: appends, weight: 6 },
    { arbitrary: queries, weight: 5 },
    { arbitrary: sessions, weight: 3 },
    { arbitrary: journals, weight: 1 },
    { arbitrary: removals, weight: 2 },
  ),
  { maxLength: 60, size: "max" },
);

/** Everything that a store has of these instances, and of all sessions. */
export async function contentOf(store: Store, attempted: readonly Attempted[]): Promise<unknown> {
  const everyPage = { records: 1_000, bytes: Infinity };
  const until = NOW + 100;
  return {
    heads: await Promise.all(NAMES.map((name) => store.head(name))),
    list: await store.list(EVERYTHING),
    journals: await Promise.all(
      attempted.flatMap(({ uid }) => [1, 2].map((run) => store.journal({ uid, run }, 0, everyPage))),
    ),
    ready: await store.ready({ namespace: "default", workflows: WORKFLOWS, until, limit: 100 }),
    leases: await Promise.all(SESSIONS.map((id) => store.leasedTo(id, null, 100))),
    holders: await store.leaseHolders(),
    purgeable: await store.purgeable(until, 100),
    removable: await store.removable(until, 100),
    alive: await store.aliveSessions(NOW),
  };
}

/** What a call came to: its result, or why it was refused. */
export async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  return call.catch((error: unknown) => (error instanceof EngineError ? error.reason : error));
}
