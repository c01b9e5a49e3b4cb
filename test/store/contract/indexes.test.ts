import { describe, expect, it } from "vitest";
import type { HeadIndex } from "../../../services/engine/src/domain/head.ts";
import { aCommit, aHead, aName, anIndex, aRecord, created, leasedBy, NOW } from "../support/nouns.ts";
import { openAgain, openFresh, LASTING_STORES, STORES } from "../support/stores.ts";

const NAME = aName("a");
const READY = { namespace: "default", workflows: ["greet"], until: NOW, limit: 10 };

describe.each(STORES)("an index in $kind", (kind) => {
  it("is there once an append that awaits it has resolved", async () => {
    const { store, written } = await openFresh(kind);
    const head = await created(store, NAME);
    const indexes: readonly HeadIndex[] = [
      anIndex(1, leasedBy("session-1")),
      anIndex(2, { readyAt: NOW + 5 }),
      anIndex(3, { status: "errored", endedAt: NOW + 6, purgeAt: NOW + 7 }),
    ];
    for (const index of indexes) {
      await store.append(aCommit(head, aRecord(index.position), { index }));

      expect(await store.head(NAME)).toStrictEqual({ birth: head.birth, index });
    }
    expect(written).toMatchObject({ heads: 4, journal: 3, removals: 0, sessions: 0 });
  });

  it("is not written with a record whose position was taken", async () => {
    const { store } = await openFresh(kind);
    const head = await created(store, NAME);
    await store.append(aCommit(head, aRecord(1)));

    await store.append(aCommit(head, aRecord(1), { index: anIndex(1, { status: "paused" }) }));

    expect(await store.head(NAME)).toStrictEqual(head);
  });

  it.each<[string, Partial<HeadIndex>, Partial<HeadIndex>, "first" | "second"]>([
    ["a later position replaces an earlier one", { position: 4 }, { position: 5 }, "second"],
    ["an earlier position is too late", { position: 5 }, { position: 4 }, "first"],
    [
      "a later run replaces an earlier one, whatever the positions",
      { run: 1, position: 9 },
      { run: 2, position: 0 },
      "second",
    ],
    ["an earlier run is too late, whatever the positions", { run: 2, position: 0 }, { run: 1, position: 9 }, "first"],
  ])("gives way to newer ones only: %s", async (_what, first, second, stays) => {
    const { store } = await openFresh(kind);
    const head = await created(store, NAME);
    const indexes = {
      first: anIndex(0, { ...first, status: "paused" }),
      second: anIndex(0, { ...second, status: "running" }),
    };
    // The records are there already: indexes may overtake each other, records cannot.
    await store.append(aCommit(head, aRecord(1), { index: indexes.first }));
    await store.append(aCommit(head, aRecord(2), { index: indexes.second }));

    expect((await store.head(NAME))?.index).toEqual(indexes[stays]);
  });

  it("gives way to newer ones only, also when they come together", async () => {
    const { store } = await openFresh(kind);
    const head = await created(store, NAME);

    await Promise.all(
      [5, 4, 6, 3].map((position) => store.append(aCommit(head, aRecord(position), { index: anIndex(position) }))),
    );

    expect((await store.head(NAME))?.index).toEqual(anIndex(6));
  });

  it("does not touch an instance that has the name now", async () => {
    const { store } = await openFresh(kind);
    const head = await created(store, NAME);
    const index = anIndex(9, { status: "paused" });
    const summon = { readyAt: NOW - 1, status: "running" } as const;

    await store.append(aCommit(aHead(NAME), aRecord(9), { index, summon }));

    expect(await store.head(NAME)).toStrictEqual(head);
  });
});

describe.each(STORES)("a summons in $kind", (kind) => {
  const summon = { readyAt: NOW, status: "queued" } as const;

  it("makes a head ready, though the record that it was for is never written", async () => {
    const { store } = await openFresh(kind);
    const head = await created(store, NAME, {}, anIndex(1));
    await store.append(aCommit(head, aRecord(1)));
    await store.append(aCommit(head, aRecord(2)));

    expect(await store.append(aCommit(head, aRecord(2), { summon, index: anIndex(2) }))).toBe("conflict");

    expect((await store.ready(READY)).map(({ name }) => name)).toEqual([NAME]);
    expect((await store.head(NAME))?.index).toEqual(anIndex(1, summon));
  });

  it("never makes a head ready later", async () => {
    const { store } = await openFresh(kind);
    const head = await created(store, NAME, {}, anIndex(1, { readyAt: NOW - 100 }));

    await store.append(aCommit(head, aRecord(2), { summon }));

    expect((await store.head(NAME))?.index.readyAt).toBe(NOW - 100);
  });

  it("outlives indexes of earlier positions that come late, and a lease that they show", async () => {
    const { store } = await openFresh(kind);
    const head = await created(store, NAME, {}, anIndex(1, leasedBy("session-1")));
    await store.append(aCommit(head, aRecord(4), { summon }));
    const summoned = anIndex(1, summon);
    expect((await store.head(NAME))?.index).toEqual(summoned);

    await store.append(aCommit(head, aRecord(2), { index: anIndex(2, leasedBy("session-2")) }));
    await store.append(aCommit(head, aRecord(3), { index: anIndex(3) }));

    expect((await store.head(NAME))?.index).toEqual(summoned);
    expect(await store.leaseHolders()).toEqual([]);
    await store.append(aCommit(head, aRecord(5), { index: anIndex(5) }));
    expect((await store.head(NAME))?.index).toEqual(anIndex(5));
  });

  it("is replaced by the index of its own record", async () => {
    const { store } = await openFresh(kind);
    const head = await created(store, NAME, {}, anIndex(1));

    await store.append(aCommit(head, aRecord(2), { summon, index: anIndex(2, leasedBy("session-1")) }));

    expect((await store.head(NAME))?.index).toEqual(anIndex(2, leasedBy("session-1")));
    expect(await store.ready(READY)).toEqual([]);
  });

  it.each<[string, Partial<HeadIndex>]>([
    ["reflects the record", { position: 2 }],
    ["reflects a later record", { position: 3 }],
    ["reflects a later run", { run: 2, position: 0 }],
  ])("comes too late for a head that %s", async (_what, place) => {
    const { store } = await openFresh(kind);
    const index = anIndex(0, { ...place, status: "paused" });
    const head = await created(store, NAME, {}, index);

    await store.append(aCommit(head, aRecord(2), { summon }));

    expect((await store.head(NAME))?.index).toEqual(index);
  });

  it("comes too late after one for a later record", async () => {
    const { store } = await openFresh(kind);
    const head = await created(store, NAME, {}, anIndex(1));
    await store.append(aCommit(head, aRecord(3), { summon: { readyAt: NOW, status: "running" } }));

    await store.append(aCommit(head, aRecord(2), { summon: { readyAt: NOW - 5, status: "queued" } }));
    await store.append(aCommit(head, aRecord(1), { index: anIndex(2) }));

    expect((await store.head(NAME))?.index).toEqual(anIndex(1, { status: "running", readyAt: NOW }));
  });
});

describe.each(LASTING_STORES)("an index in $kind that nobody waits for", (kind) => {
  it("is there at latest when the store has closed", async () => {
    const { store, url } = await openFresh(kind);
    const heads = await Promise.all(Array.from({ length: 700 }, (_, n) => created(store, aName(`i-${n}`))));
    const appends = heads.map((head) =>
      store.append(aCommit(head, aRecord(1), { index: anIndex(1, { status: "paused" }), awaitIndex: false })),
    );
    await Promise.all(appends);
    await store.close();

    const again = await openAgain(url);
    const statuses = await Promise.all(
      heads.map(async ({ birth }) => (await again.store.head(birth.name))?.index.status),
    );
    expect(new Set(statuses)).toEqual(new Set(["paused"]));
  });

  it("ends as the newest, however many are on their way", async () => {
    const { store } = await openFresh(kind);
    const head = await created(store, NAME);
    const commits = Array.from({ length: 300 }, (_, n) =>
      aCommit(head, aRecord(n + 1), { index: anIndex(n + 1), awaitIndex: n === 299 }),
    );

    await Promise.all(commits.map((commit) => store.append(commit)));

    expect((await store.head(NAME))?.index).toEqual(anIndex(300));
  });
});
