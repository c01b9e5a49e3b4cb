import { describe, expect, it } from "vitest";
import type { Store } from "../../../services/engine/src/store/store.ts";
import {
  aCommit,
  aHead,
  aName,
  ALL,
  aRecord,
  aSession,
  aSlot,
  aWorkflow,
  created,
  EVERYTHING,
  GREET,
  NOW,
} from "../support/nouns.ts";
import { LASTING_STORES, openAgain, openFresh, STORES } from "../support/stores.ts";

const HEAD = aHead(aName("a"));
const JOURNAL = { uid: HEAD.birth.uid, run: 1 };

/** One call of each method. */
const CALLS: {
  readonly [M in Exclude<keyof Store, "description" | "exclusive" | "close">]: (store: Store) => Promise<unknown>;
} = {
  create: (store) => store.create(HEAD),
  head: (store) => store.head(HEAD.birth.name),
  append: (store) => store.append(aCommit(HEAD, aRecord(1))),
  journal: (store) => store.journal(JOURNAL, 0, ALL),
  ready: (store) => store.ready({ namespace: "default", workflows: ["greet"], until: NOW, limit: 1 }),
  leasedTo: (store) => store.leasedTo("session-1", null, 1),
  leaseHolders: (store) => store.leaseHolders(),
  list: (store) => store.list(EVERYTHING),
  purgeable: (store) => store.purgeable(NOW, 1),
  releaseName: (store) => store.releaseName(HEAD.birth.name, HEAD.birth.uid, NOW),
  removable: (store) => store.removable(NOW, 1),
  removeJournals: (store) => store.removeJournals(HEAD.birth),
  putChunk: (store) => store.putChunk({ uid: "u", blob: "b", chunk: 0 }, Uint8Array.of(1)),
  chunk: (store) => store.chunk({ uid: "u", blob: "b", chunk: 0 }),
  blobSize: (store) => store.blobSize("u", "b"),
  dropBlobs: (store) => store.dropBlobs("u", "", "b"),
  extendSession: (store) => store.extendSession(aSession("session-1"), NOW, true),
  endSession: (store) => store.endSession("session-1"),
  aliveSessions: (store) => store.aliveSessions(NOW),
  putWorkflow: (store) => store.putWorkflow(aWorkflow("greet"), null),
  workflow: (store) => store.workflow(GREET),
  workflows: (store) => store.workflows(null, 1),
  deleteWorkflow: (store) => store.deleteWorkflow(GREET),
  workflowsWithInstances: (store) => store.workflowsWithInstances("default", "", 1),
  countByStatus: (store) => store.countByStatus(GREET),
  takeSlot: (store) => store.takeSlot(aSlot(0, "a")),
  dropSlot: (store) => store.dropSlot(aSlot(0, "a")),
  freeSlot: (store) => store.freeSlot(GREET, aSlot(0, "a").holder),
  slots: (store) => store.slots(GREET),
  leasedIn: (store) => store.leasedIn(GREET, "", 1),
  countLeased: (store) => store.countLeased(1),
  ping: (store) => store.ping(),
};

describe.each(STORES)("a store of $kind", (kind) => {
  it("answers and says what it is", async () => {
    const { store } = await openFresh(kind);

    await store.ping();
    expect(store.description).toMatch(
      kind.kind === "memory" ? /^memory$/ : new RegExp(`^${kind.kind} \\d+\\.\\d+\\.\\d+$`),
    );
    expect(store.exclusive).toBe(kind.kind !== "mongodb");
  });

  it("refuses every call once it is closed, and closes twice", async () => {
    const { store } = await openFresh(kind);
    await store.close();
    await store.close();

    for (const call of Object.values(CALLS)) {
      await expect(call(store)).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE", message: "the store is closed" });
    }
  });
});

describe.each(LASTING_STORES)("a store of $kind", (kind) => {
  it("finishes what was asked for before it was closed, and has it when it is opened again", async () => {
    const { store, url } = await openFresh(kind);
    const head = await created(store, aName("a"));
    const appends = Array.from({ length: 500 }, (_, n) =>
      store.append(aCommit(head, aRecord(1), { journal: { uid: head.birth.uid, run: n + 1 } })),
    );
    const session = store.extendSession(aSession("session-1"), NOW, true);
    await Promise.all([store.close(), ...appends, session]);

    const again = await openAgain(url);
    expect(await again.store.head(aName("a"))).toStrictEqual(head);
    for (const run of [1, 250, 500]) {
      expect((await again.store.journal({ uid: head.birth.uid, run }, 0, ALL)).records).toEqual([aRecord(1)]);
    }
    expect(await again.store.aliveSessions(NOW)).toEqual(["session-1"]);
  });
});
