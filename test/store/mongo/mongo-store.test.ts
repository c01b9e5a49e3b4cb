import { type Document } from "mongodb";
import { describe, expect, it, onTestFinished } from "vitest";
import { startReplicaSet } from "../../support/mongod.ts";
import { startProxy } from "../support/proxy.ts";
import {
  aCommit,
  aHead,
  aName,
  ALL,
  anIndex,
  aRecord,
  aResult,
  aSession,
  created,
  EVERYTHING,
  json,
  NOW,
} from "../support/nouns.ts";
import { profile } from "../support/profiler.ts";
import { openAgain } from "../support/stores.ts";
import { missingIn, writeAlone, type Acknowledged } from "../support/writers.ts";
import { aDatabase } from "../support/database.ts";

describe("MongoDB", () => {
  it("is asked for a majority on disk by each write and for what will stay by each read, whatever the URL says", async () => {
    await using replicaSet = await startReplicaSet();
    const proxy = await startProxy(replicaSet.port);
    const lax = "w=1&journal=false&readConcernLevel=local&readPreference=secondaryPreferred&retryWrites=false";
    const { store } = await openAgain(`mongodb://127.0.0.1:${proxy.port}/?directConnection=true&${lax}`);
    const head = await created(store, aName("a"));
    await store.append(aCommit(head, aRecord(1), { summon: { readyAt: NOW, status: "queued" }, index: anIndex(1) }));
    await store.journal({ uid: head.birth.uid, run: 1 }, 0, ALL);
    await store.head(aName("a"));
    await store.ready({ namespace: "default", workflows: ["greet"], until: NOW, limit: 1 });
    await store.leasedTo("session-1", null, 1);
    await store.leaseHolders();
    await store.list(EVERYTHING);
    await store.extendSession(aSession("session-1", { workerName: "w" }), NOW, true);
    await store.aliveSessions(NOW);
    await store.purgeable(NOW, 1);
    await store.releaseName(aName("a"), head.birth.uid, NOW);
    await store.removable(NOW, 1);
    await store.removeJournals(head.birth);

    const asked = proxy.commands.filter(({ $db }) => $db === "perdure");
    const reads = asked.filter((command) => "find" in command || "distinct" in command);
    const writes = asked.filter((command) => !reads.includes(command) && !("createIndexes" in command));
    const kinds = (commands: readonly Document[]) => new Set(commands.map((command) => Object.keys(command)[0]));
    expect(kinds(reads)).toEqual(new Set(["find", "distinct"]));
    expect(kinds(writes)).toEqual(new Set(["findAndModify", "insert", "update", "delete"]));
    expect(asked.length).toBeGreaterThan(20);
    expect(reads.filter(({ readConcern }) => readConcern?.level !== "majority")).toEqual([]);
    expect(writes.filter(({ writeConcern }) => writeConcern?.w !== "majority" || writeConcern.j !== true)).toEqual([]);
    // What may be sent again has a number, by which the server knows that it was sent before.
    const numbered = writes.filter(({ insert, findAndModify }) => insert !== undefined || findAndModify !== undefined);
    expect(numbered.filter(({ txnNumber }) => txnNumber === undefined)).toEqual([]);
  });

  it("gets a summons before the record that it is for, and the index after it", async () => {
    const { url } = await aDatabase();
    const { store } = await openAgain(url);
    const head = await created(store, aName("a"), {}, anIndex(0));
    const profiler = await profile(url);
    await store.append(aCommit(head, aRecord(1), { summon: { readyAt: NOW, status: "queued" }, index: anIndex(1) }));

    const [summons, index] = (await profiler.commands("heads")).filter(({ op }) => op === "update");
    const [record] = await profiler.commands("journal");
    expect(summons?.["command"].u).toHaveProperty("$min");
    expect(record?.["ninserted"]).toBe(1);
    expect(summons?.["ts"].getTime()).toBeLessThanOrEqual(record?.["ts"].getTime() - record?.["millis"]);
    expect(record?.["ts"].getTime()).toBeLessThanOrEqual(index?.["ts"].getTime());
  });

  it("gets one document a record and one insert for all records that wait", async () => {
    const { url } = await aDatabase();
    const { store, written } = await openAgain(url);
    const profiler = await profile(url);
    const head = aHead(aName("a"));
    await Promise.all(Array.from({ length: 300 }, (_, n) => store.append(aCommit(head, aRecord(n + 1)))));

    const inserts = await profiler.commands("journal");
    expect(inserts.map(({ ninserted }) => ninserted as number).reduce((sum, n) => sum + n)).toBe(300);
    expect(written.journal).toBe(300);
    // 256 and the rest, and the two that may be on their way before more waits.
    expect(inserts.length).toBeLessThanOrEqual(3);
  });
});

describe("an insert whose answer is lost", () => {
  it("is never taken for somebody else's: the only writer of a journal meets no conflict while connections break", async () => {
    await using replicaSet = await startReplicaSet();
    const proxy = await startProxy(replicaSet.port);
    const { store } = await openAgain(`mongodb://127.0.0.1:${proxy.port}/?directConnection=true`);
    const acknowledged: Acknowledged = new Map();
    let count = 0;
    let stopped = false;
    const acknowledge = (uid: string, position: number) => {
      acknowledged.set(uid, position);
      count += 1;
      if (count % 500 === 0) proxy.cut();
      stopped = count >= 10_000;
    };

    await Promise.all(Array.from({ length: 50 }, () => writeAlone(store, acknowledge, () => stopped)));

    const direct = await openAgain(replicaSet.uri);
    expect(await missingIn(direct.store, acknowledged)).toEqual([]);
  });

  it("is recognised when the driver has sent it twice", async () => {
    const { url, database } = await aDatabase();
    const { store, written } = await openAgain(url);
    const head = aHead(aName("a"));
    const collection = Object.getPrototypeOf(database.collection("journal")) as {
      insertMany: (...of: unknown[]) => Promise<unknown>;
    };
    const insertMany = collection.insertMany;
    collection.insertMany = async function (...of) {
      await insertMany.apply(this, of);
      return insertMany.apply(this, of);
    };
    onTestFinished(() => {
      collection.insertMany = insertMany;
    });

    expect(await store.create(head)).toBe("created");
    expect(await store.append(aCommit(head, aRecord(1)))).toBe("appended");
    expect(await store.append(aCommit(head, aRecord(1)))).toBe("conflict");
    expect(await store.create(aHead(aName("a")))).toBe("exists");
    expect(written).toMatchObject({ heads: 0, journal: 0 });
  });
});

describe("a removal that was interrupted", () => {
  it("takes the head along that it had not come to, before the journals that say why", async () => {
    const { url, database } = await aDatabase();
    const { store } = await openAgain(url);
    const { birth } = await created(store, aName("gone"));
    await store.append(aCommit({ birth, index: anIndex(0) }, aRecord(1)));
    const { namespace, workflow, id } = birth.name;
    const note = { _id: birth.uid as never, namespace, workflow, id, dueAt: new Date(NOW) };
    await database.collection("removals").insertOne(note);

    expect(await store.removable(NOW, 10)).toEqual([{ name: birth.name, uid: birth.uid }]);
    await store.removeJournals(birth);

    expect(await store.head(birth.name)).toBeUndefined();
    expect((await store.journal({ uid: birth.uid, run: 1 }, 0, ALL)).records).toEqual([]);
    expect(await store.removable(NOW, 10)).toEqual([]);
  });
});

describe("a commit that no document of MongoDB holds", () => {
  it("is refused by itself: those that came with it are written", async () => {
    const { url } = await aDatabase();
    const { store } = await openAgain(url);
    const large = aRecord(
      1,
      Array.from({ length: 6 }, () => aResult(1, json("漢".repeat(1_000_000))).entries[0]!),
    );
    const [before, refused, after] = [aHead(aName("a")), aHead(aName("b")), aHead(aName("c"))].map((head, n) =>
      store.append(aCommit(head, n === 1 ? large : aRecord(1))),
    );

    await expect(refused).rejects.toMatchObject({ reason: "LIMIT_EXCEEDED", metadata: { limitBytes: "16777216" } });
    expect([await before, await after]).toEqual(["appended", "appended"]);
  });
});
