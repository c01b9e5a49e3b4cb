import { spawn } from "node:child_process";
import { once } from "node:events";
import { MongoClient } from "mongodb";
import { describe, expect, it, onTestFinished } from "vitest";
import { SCHEMA_VERSION } from "../../../services/engine/src/store/mongo/connect.ts";
import { openStore } from "../../../services/engine/src/store/open.ts";
import { freePort } from "../../support/free-port.ts";
import { findMongod } from "../../support/mongod-binary.ts";
import { MongodProcess } from "../../support/mongod-process.ts";
import { startReplicaSet } from "../../support/mongod.ts";
import { aCommit, aName, aRecord, created } from "../support/nouns.ts";
import { freshFolder, openAgain } from "../support/stores.ts";
import { aDatabase } from "../support/database.ts";

/** Until then it refuses connections, which is another refusal. */
async function answers(port: number): Promise<void> {
  await using client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 60_000,
    minHeartbeatFrequencyMS: 50,
  });
  await client.db("admin").command({ ping: 1 });
}

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
    await answers(port);

    await expect(openStore(`mongodb://127.0.0.1:${port}/?serverSelectionTimeoutMS=3000`)).rejects.toThrow(
      `cannot use MongoDB at 127.0.0.1:${port}: its replica set is not initiated: run rs.initiate() in mongosh once`,
    );
  });

  it("is refused when nobody listens there, without the password that the URL has", async () => {
    const url = `mongodb://operator:secret@127.0.0.1:${await freePort()}/?serverSelectionTimeoutMS=2000`;

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
