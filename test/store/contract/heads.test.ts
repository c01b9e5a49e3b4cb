import { describe, expect, it } from "vitest";
import {
  aCommit,
  aHead,
  aName,
  ALL,
  anIndex,
  aRecord,
  created,
  EVERYTHING,
  json,
  leasedBy,
  NOW,
} from "../support/nouns.ts";
import { HOSTILE_TEXTS, PAYLOADS } from "../support/payloads.ts";
import { openFresh, STORES } from "../support/stores.ts";

const READY = { namespace: "default", workflows: ["greet"], until: NOW, limit: 10 };

describe.each(STORES)("heads in $kind", (kind) => {
  it("are read as they were created", async () => {
    const { store, written } = await openFresh(kind);
    const heads = [
      aHead(aName("plain")),
      aHead(aName("handed"), { requestId: "r-1", handedTo: "session-1" }, leasedBy("session-1")),
      aHead(aName("ended"), {}, { status: "errored", readyAt: null, endedAt: NOW + 1, purgeAt: NOW + 2 }),
      ...PAYLOADS.map((params, n) => aHead(aName(`params-${n}`), { params })),
      ...HOSTILE_TEXTS.map((text, n) => aHead(aName(`text-${n}`), { requestId: text })),
    ];

    expect(await Promise.all(heads.map((head) => store.create(head)))).toEqual(heads.map(() => "created"));

    expect(await Promise.all(heads.map(({ birth }) => store.head(birth.name)))).toStrictEqual(heads);
    expect(written).toMatchObject({ heads: heads.length, journal: 0, removals: 0, sessions: 0 });
  });

  it("are not there under names that were never used", async () => {
    const { store } = await openFresh(kind);
    await created(store, aName("a", "greet"));

    expect(await store.head(aName("a", "other"))).toBeUndefined();
    expect(await store.head(aName("a", "greet", "elsewhere"))).toBeUndefined();
  });

  it("keep their name against whoever comes later", async () => {
    const { store, written } = await openFresh(kind);
    const first = await created(store, aName("a"), { params: json("first") });

    expect(await store.create(aHead(aName("a"), { params: json("second") }))).toBe("exists");
    expect(await store.head(aName("a"))).toStrictEqual(first);
    expect(written.heads).toBe(1);
  });

  it("are created once when many ask for one name at the same time", async () => {
    const { store } = await openFresh(kind);
    const rivals = Array.from({ length: 50 }, () => aHead(aName("a")));

    const outcomes = await Promise.all(rivals.map((rival) => store.create(rival)));

    expect(outcomes.filter((outcome) => outcome === "created")).toHaveLength(1);
    expect(await store.head(aName("a"))).toStrictEqual(rivals[outcomes.indexOf("created")]);
  });

  it("are not changed by what callers do with theirs", async () => {
    const { store } = await openFresh(kind);
    const bytes = new Uint8Array([1, 2, 3]);
    const head = await created(store, aName("a"), { params: { form: "cbor", bytes } });
    const read = await store.head(aName("a"));
    bytes.fill(9);
    Object.assign(head.index, { status: "complete" });
    Object.assign(read!.birth, { uid: "other" });

    const again = await store.head(aName("a"));
    expect(again?.index.status).toBe("queued");
    expect(again?.birth.params).toEqual({ form: "cbor", bytes: new Uint8Array([1, 2, 3]) });
    expect(again?.birth.uid).not.toBe("other");
  });
});

describe.each(STORES)("ready heads in $kind", (kind) => {
  it("come longest ready first, those of one instant by name", async () => {
    const { store } = await openFresh(kind);
    for (const [id, readyAt] of [
      ["c", NOW - 1],
      ["b", NOW - 1],
      ["a", NOW],
      ["d", NOW - 5],
    ] as const) {
      await created(store, aName(id), {}, { readyAt });
    }

    const ready = await store.ready(READY);
    expect(ready.map(({ name, readyAt }) => [name.id, readyAt])).toEqual([
      ["d", NOW - 5],
      ["b", NOW - 1],
      ["c", NOW - 1],
      ["a", NOW],
    ]);
    expect(await store.ready({ ...READY, limit: 2 })).toEqual(ready.slice(0, 2));
  });

  it("come whole: name, uid and time", async () => {
    const { store } = await openFresh(kind);
    const { birth } = await created(store, aName("a"));

    expect(await store.ready(READY)).toEqual([{ name: aName("a"), uid: birth.uid, readyAt: NOW }]);
  });

  it("are those of the workflows and the namespace asked for, merged by time", async () => {
    const { store } = await openFresh(kind);
    await created(store, aName("1", "greet"), {}, { readyAt: NOW - 3 });
    await created(store, aName("2", "bill"), {}, { readyAt: NOW - 2 });
    await created(store, aName("3", "greet"), {}, { readyAt: NOW - 1 });
    await created(store, aName("4", "ship"), {}, { readyAt: NOW - 4 });
    await created(store, aName("5", "greet", "elsewhere"), {}, { readyAt: NOW - 4 });
    const ids = async (workflows: readonly string[], limit = 10) =>
      (await store.ready({ ...READY, workflows, limit })).map(({ name }) => name.id);

    expect(await ids(["greet", "bill"])).toEqual(["1", "2", "3"]);
    expect(await ids(["bill", "greet", "greet", "unknown"], 2)).toEqual(["1", "2"]);
    expect(await ids(["unknown"])).toEqual([]);
    expect(await ids([])).toEqual([]);
  });

  it("leave out what is later, leased, paused or finished", async () => {
    const { store } = await openFresh(kind);
    await created(store, aName("later"), {}, { readyAt: NOW + 1 });
    await created(store, aName("leased"), {}, leasedBy("session-1"));
    await created(store, aName("paused"), {}, { status: "paused", readyAt: null });

    expect(await store.ready(READY)).toEqual([]);
  });
});

describe.each(STORES)("leased heads in $kind", (kind) => {
  it("are found by their session, in pages by name", async () => {
    const { store } = await openFresh(kind);
    for (const id of ["b", "a", "c", "-not", "d"]) {
      await created(store, aName(id), {}, leasedBy(id === "-not" ? "other" : "mine", 7));
    }
    const { birth } = (await store.head(aName("a")))!;

    const first = await store.leasedTo("mine", null, 3);
    expect(first.map(({ name }) => name.id)).toEqual(["a", "b", "c"]);
    expect(first[0]).toEqual({ name: aName("a"), uid: birth.uid, run: 1, epoch: 7, grantedAt: NOW, position: 0 });
    expect((await store.leasedTo("mine", first[2]!.name, 3)).map(({ name }) => name.id)).toEqual(["d"]);
    expect(await store.leasedTo("nobody", null, 3)).toEqual([]);
  });

  it("name every session that holds one, once", async () => {
    const { store } = await openFresh(kind);
    expect(await store.leaseHolders()).toEqual([]);
    for (const [id, session] of [
      ["a", "s-2"],
      ["b", "s-1"],
      ["c", "s-2"],
    ] as const) {
      await created(store, aName(id), {}, leasedBy(session));
    }
    await created(store, aName("queued"));

    expect((await store.leaseHolders()).toSorted()).toEqual(["s-1", "s-2"]);
  });
});

describe.each(STORES)("finished heads in $kind", (kind) => {
  const finished = (purgeAt: number) => ({ status: "complete", readyAt: null, endedAt: NOW, purgeAt }) as const;

  it("are purgeable when their time has come, longest overdue first", async () => {
    const { store } = await openFresh(kind);
    const late = await created(store, aName("late"), {}, finished(NOW));
    const later = await created(store, aName("later"), {}, finished(NOW - 5));
    await created(store, aName("kept"), {}, finished(NOW + 1));
    await created(store, aName("running"));

    const due = [later, late].map(({ birth }) => ({ name: birth.name, uid: birth.uid }));
    expect(await store.purgeable(NOW, 10)).toEqual(due);
    expect(await store.purgeable(NOW, 1)).toEqual(due.slice(0, 1));
  });

  it("give their name free at once, and have their journals until these may go", async () => {
    const { store } = await openFresh(kind);
    const gone = await created(store, aName("a"), {}, finished(NOW));
    const other = await created(store, aName("b"), {}, finished(NOW));
    for (const head of [gone, other]) {
      for (const run of [1, 2]) {
        const journal = { uid: head.birth.uid, run };
        for (const position of [1, 2]) await store.append(aCommit(head, aRecord(position), { journal }));
      }
    }

    await store.releaseName(aName("a"), gone.birth.uid, NOW + 5);

    expect(await store.head(aName("a"))).toBeUndefined();
    expect(await store.list(EVERYTHING)).toEqual([other]);
    expect((await store.purgeable(NOW, 10)).map(({ name }) => name.id)).toEqual(["b"]);
    expect(await store.create(aHead(aName("a")))).toBe("created");
    const left = async (uid: string, run: number) => (await store.journal({ uid, run }, 0, ALL)).records.length;
    expect([await left(gone.birth.uid, 1), await left(gone.birth.uid, 2)]).toEqual([2, 2]);
    expect(await store.append(aCommit(gone, aRecord(2)))).toBe("conflict");

    expect(await store.removable(NOW + 4, 10)).toEqual([]);
    const pointer = { name: aName("a"), uid: gone.birth.uid };
    expect(await store.removable(NOW + 5, 10)).toEqual([pointer]);
    await store.removeJournals(pointer);
    expect(await store.removable(NOW + 5, 10)).toEqual([]);
    expect([await left(gone.birth.uid, 1), await left(gone.birth.uid, 2)]).toEqual([0, 0]);
    expect([await left(other.birth.uid, 1), await left(other.birth.uid, 2)]).toEqual([2, 2]);
  });

  it("keep the first time that was noted for their journals", async () => {
    const { store } = await openFresh(kind);
    const { birth } = await created(store, aName("a"), {}, finished(NOW));
    await store.releaseName(birth.name, birth.uid, NOW + 1);
    await store.releaseName(birth.name, birth.uid, NOW + 9);
    await store.releaseName(aName("b"), "stranger", NOW);

    expect((await store.removable(NOW + 1, 10)).map(({ uid }) => uid)).toEqual(["stranger", birth.uid]);
    expect((await store.removable(NOW + 1, 1)).map(({ uid }) => uid)).toEqual(["stranger"]);
  });

  it("do not take along an instance that has their name now", async () => {
    const { store } = await openFresh(kind);
    const old = await created(store, aName("a"), {}, finished(NOW));
    await store.releaseName(aName("a"), old.birth.uid, NOW);
    await store.removeJournals(old.birth);
    const fresh = await created(store, aName("a"));
    await store.append(aCommit(fresh, aRecord(1)));

    await store.releaseName(aName("a"), old.birth.uid, NOW);
    await store.removeJournals(old.birth);

    expect(await store.head(aName("a"))).toStrictEqual(fresh);
    expect((await store.journal({ uid: fresh.birth.uid, run: 1 }, 0, ALL)).records).toEqual([aRecord(1)]);
    expect(await store.append(aCommit(old, aRecord(1), { index: anIndex(1, { status: "paused" }) }))).toBe("appended");
    expect((await store.head(aName("a")))?.index.status).toBe("queued");
  });
});
