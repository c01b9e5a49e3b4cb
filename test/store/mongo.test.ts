import { spawn } from "node:child_process";
import { once } from "node:events";
import { MongoClient, type Document } from "mongodb";
import { describe, expect, it, onTestFinished } from "vitest";
import { SCHEMA_VERSION } from "../../services/engine/src/store/mongo/connect.ts";
import { openStore } from "../../services/engine/src/store/open.ts";
import { findMongod } from "../support/mongod-binary.ts";
import { freePort, MongodProcess } from "../support/mongod-process.ts";
import { freshDatabaseUri, startReplicaSet } from "../support/mongod.ts";
import { startProxy } from "./support/proxy.ts";
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
  leasedBy,
  NOW,
} from "./support/nouns.ts";
import { profile } from "./support/profiler.ts";
import { freshFolder, openAgain } from "./support/stores.ts";
import { missingIn, writeAlone, type Acknowledged } from "./support/writers.ts";

async function aDatabase() {
  const url = await freshDatabaseUri();
  const client = new MongoClient(url);
  onTestFinished(() => client.close());
  return { url, database: client.db() };
}

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
    await store.purge(aName("a"), head.birth.uid);

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

describe("each question to MongoDB", () => {
  it("is answered by an index, without looking at much more than it returns", async () => {
    const { url, database } = await aDatabase();
    const { store } = await openAgain(url);
    const workflows = ["w-0", "w-1", "w-2"];
    const states = [
      {},
      leasedBy("session-1"),
      { status: "complete", readyAt: null, purgeAt: NOW },
      anIndex(0, { readyAt: NOW + 9 }),
    ] as const;
    const heads = Array.from({ length: 1_200 }, (_, n) =>
      aHead(aName(`i-${n}`, workflows[n % 3], `space-${n % 2}`), { createdAt: NOW + (n % 50) }, states[n % 4]),
    );
    await Promise.all(heads.map((head) => store.create(head)));
    const profiler = await profile(url);
    const namespace = "space-0";
    const list = { ...EVERYTHING, namespace, limit: 10 };
    const middle = (await store.list({ ...list, limit: 100 })).at(-1)!.birth;
    await store.ready({ namespace, workflows, until: NOW + 1, limit: 10 });
    await store.leasedTo("session-1", aName("i-5", "w-2", "space-1"), 10);
    await store.purgeable(NOW, 10);
    await store.list(list);
    await store.list({ ...list, workflow: "w-1" });
    await store.list({ ...list, statuses: ["complete", "queued"] });
    await store.list({ ...list, after: middle });
    await store.list({ ...list, statuses: ["complete", "queued"], after: middle });
    await store.leaseHolders();

    const looks = (await profiler.commands("heads")).slice(1);
    expect(
      looks.map(({ planSummary }) => planSummary as string).filter((plan) => !/^(IXSCAN|DISTINCT_SCAN)/.test(plan)),
    ).toEqual([]);
    const finds = looks.filter(({ op }) => op === "query");
    expect(finds.map(({ nreturned }) => nreturned as number)).toEqual(Array.from({ length: 8 }, () => 10));
    // Merging two or three streams looks one ahead in each; a page in the middle of an instant skips what came before.
    expect(finds.map(({ docsExamined }) => docsExamined as number).filter((examined) => examined > 40)).toEqual([]);
    expect(looks.filter((look) => look["hasSortStage"] === true)).toEqual([]);
    expect(await database.collection("heads").indexes()).toHaveLength(7);
  });

  it("about a journal reads its range of keys only", async () => {
    const { url } = await aDatabase();
    const { store } = await openAgain(url);
    const heads = [aHead(aName("a")), aHead(aName("b"))];
    for (const head of heads) {
      await Promise.all(Array.from({ length: 100 }, (_, n) => store.append(aCommit(head, aRecord(n + 1)))));
    }
    const profiler = await profile(url);
    await store.journal({ uid: heads[0]!.birth.uid, run: 1 }, 90, ALL);
    await store.journal({ uid: heads[0]!.birth.uid, run: 1 }, 0, { records: 3, bytes: Infinity });

    const finds = await profiler.commands("journal");
    expect(finds.map(({ keysExamined, nreturned }) => [keysExamined, nreturned])).toEqual([
      [10, 10],
      [4, 4],
    ]);
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

describe("a purge that was interrupted", () => {
  it("hides its instance, and is finished by the next look for what is to be purged", async () => {
    const { url, database } = await aDatabase();
    const { store } = await openAgain(url);
    const over = { status: "complete", readyAt: null, purgeAt: NOW } as const;
    const gone = await created(store, aName("gone"), {}, over);
    const next = await created(store, aName("next"), {}, over);
    await store.append(aCommit(gone, aRecord(1)));
    await database.collection("heads").updateOne({ id: "gone" }, { $set: { removing: true } });
    expect(await store.head(aName("gone"))).toBeUndefined();
    expect(await store.list(EVERYTHING)).toEqual([next]);
    expect(await store.create(aHead(aName("gone")))).toBe("exists");

    expect(await store.purgeable(NOW, 10)).toEqual([{ name: next.birth.name, uid: next.birth.uid }]);

    expect((await store.journal({ uid: gone.birth.uid, run: 1 }, 0, ALL)).records).toEqual([]);
    expect(await store.create(aHead(aName("gone")))).toBe("created");
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

describe("a MongoDB that cannot be used", () => {
  it("is refused when it is a standalone mongod, with what to do", async () => {
    const port = await freePort();
    const mongod = spawn(
      await findMongod(),
      ["--dbpath", await freshFolder(), "--port", String(port), "--bind_ip", "127.0.0.1", "--nounixsocket"],
      { stdio: "ignore" },
    );
    onTestFinished(async () => {
      mongod.kill("SIGKILL");
      await once(mongod, "exit");
    });

    await expect(openStore(`mongodb://127.0.0.1:${port}/`)).rejects.toThrow(
      `127.0.0.1:${port} is a standalone mongod, which cannot promise what Perdure does. One node is enough, but as a replica set: start it with --replSet rs0 and run rs.initiate() in mongosh once`,
    );
  });

  it("is refused when its replica set was never initiated", async () => {
    const port = await freePort();
    const mongod = await MongodProcess.spawn({ dbPath: await freshFolder(), port, temporary: false });
    onTestFinished(() => mongod.end("SIGKILL"));

    await expect(openStore(`mongodb://127.0.0.1:${port}/?serverSelectionTimeoutMS=3000`)).rejects.toThrow(
      `cannot use MongoDB at 127.0.0.1:${port}: its replica set is not initiated: run rs.initiate() in mongosh once`,
    );
  });

  it("is refused when nobody listens there, without the password that the URL has", async () => {
    const url = `mongodb://operator:secret@127.0.0.1:${await freePort()}/?serverSelectionTimeoutMS=300`;

    const refusal: unknown = await openStore(url).catch((error: unknown) => error);
    expect(String(refusal)).toMatch(
      /^Error: cannot use MongoDB at 127\.0\.0\.1:\d+: there is no primary: connect ECONNREFUSED/,
    );
    expect(String(refusal)).not.toContain("secret");
  });

  it("is refused when its database is of a newer version", async () => {
    const { url, database } = await aDatabase();
    await (await openStore(url)).close();
    const meta = database.collection<{ _id: string; version: number }>("meta");
    expect(await meta.findOne()).toEqual({ _id: "schema", version: SCHEMA_VERSION });
    await meta.updateOne({ _id: "schema" }, { $inc: { version: 1 } });

    await expect(openStore(url)).rejects.toThrow(
      `the database "${database.databaseName}" was written by a newer version (its schema is ${SCHEMA_VERSION + 1}, this engine knows ${SCHEMA_VERSION}): start that one`,
    );
  });

  it("is a sentence about a document that nobody writes, and the others are read", async () => {
    const { url, database } = await aDatabase();
    const { store } = await openAgain(url);
    await created(store, aName("good"));
    await created(store, aName("bad"));
    await database.collection("heads").updateOne({ id: "bad" }, { $set: { "lease.session": 5 } });

    await expect(store.head(aName("bad"))).rejects.toMatchObject({
      reason: "CORRUPT_DOCUMENT",
      message: 'instance default/greet/bad: field "lease.session" is a number, not a text',
      metadata: { instance: "default/greet/bad", field: "lease.session" },
    });
    expect(await store.head(aName("good"))).toBeDefined();
  });
});

describe("a URL of MongoDB", () => {
  it("that names no database means the one of the name perdure", async () => {
    await using replicaSet = await startReplicaSet();
    const { store } = await openAgain(replicaSet.uri);
    await created(store, aName("a"));
    const client = new MongoClient(replicaSet.uri);
    onTestFinished(() => client.close());

    expect(await client.db("perdure").collection("heads").countDocuments()).toBe(1);
  });

  it("is shared: two stores see each other's writes", async () => {
    const { url } = await aDatabase();
    const [one, other] = [await openAgain(url), await openAgain(url)];
    const head = await created(one.store, aName("a"));
    const races = await Promise.all([one, other].map(({ store }) => store.append(aCommit(head, aRecord(1)))));

    expect(await other.store.head(aName("a"))).toStrictEqual(head);
    expect(races.toSorted()).toEqual(["appended", "conflict"]);
  });
});
