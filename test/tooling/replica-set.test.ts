import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { MongoClient } from "mongodb";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { freshDatabaseUri, startReplicaSet } from "../support/mongod.ts";

describe("the shared replica set", () => {
  it("gives every caller an empty database of its own", async () => {
    const [first, second] = await Promise.all([freshDatabaseUri(), freshDatabaseUri()]);

    expect(first).not.toBe(second);
    await using client = new MongoClient(first);
    await client.db().collection("things").insertOne({ name: "thing" });
    await using other = new MongoClient(second);
    expect(await other.db().collection("things").countDocuments()).toBe(0);
  });

  it("commits and aborts transactions, and writes with the majority", async () => {
    await using client = new MongoClient(await freshDatabaseUri(), { writeConcern: { w: "majority", journal: true } });
    const things = client.db().collection("things");
    await client.withSession((session) =>
      session.withTransaction(async () => {
        await things.insertOne({ name: "kept" }, { session });
      }),
    );
    const refusal = client.withSession((session) =>
      session.withTransaction(async () => {
        await things.insertOne({ name: "lost" }, { session });
        throw new Error("changed my mind");
      }),
    );

    await expect(refusal).rejects.toThrow("changed my mind");
    expect(await things.distinct("name")).toEqual(["kept"]);
  });
});

describe("a replica set of one's own", () => {
  it("has what was acknowledged before a SIGKILL when it starts again, on the same URI", async () => {
    await using replicaSet = await startReplicaSet();
    const { uri, pid, dbPath } = replicaSet;
    await insert(uri, "before the kill");

    await replicaSet.kill();
    expect(isAlive(pid!)).toBe(false);
    await replicaSet.start();

    expect(replicaSet).toMatchObject({ uri, dbPath });
    expect(replicaSet.pid).not.toBe(pid);
    expect(await names(uri)).toEqual(["before the kill"]);
  });

  it("takes a data folder that served on another port before", async () => {
    const dbPath = await mkdtemp(join(tmpdir(), "perdure-kept-"));
    onTestFinished(() => rm(dbPath, { recursive: true }));
    const first = await startReplicaSet({ dbPath });
    await insert(first.uri, "from the first port");
    await first.stop();

    await using second = await startReplicaSet({ dbPath });

    expect(second.port).not.toBe(first.port);
    expect(await names(second.uri)).toEqual(["from the first port"]);
  });

  it("removes its temporary data folder when it stops", async () => {
    const replicaSet = await startReplicaSet();
    expect(existsSync(replicaSet.dbPath)).toBe(true);

    await replicaSet.stop();

    expect(existsSync(replicaSet.dbPath)).toBe(false);
  });

  it("does not take another mongod on its port for its own", async () => {
    await using holder = await startReplicaSet();

    await expect(startReplicaSet({ port: holder.port })).rejects.toThrow(/another mongod|already in use/);
  });

  it("says what the log says when mongod cannot start", async () => {
    const dbPath = await mkdtemp(join(tmpdir(), "perdure-broken-"));
    onTestFinished(() => rm(dbPath, { recursive: true }));
    await writeFile(join(dbPath, "storage.bson"), "not what belongs here");

    await expect(startReplicaSet({ dbPath })).rejects.toThrow(
      /^mongod ended while starting:\n[^]*storage engine metadata/,
    );
  });

  it("ends, and takes its temporary data along, when the process that started it is killed", async () => {
    const script = `
      import { startReplicaSet } from ${JSON.stringify(new URL("../support/replica-set.ts", import.meta.url).href)};
      const { pid, dbPath } = await startReplicaSet();
      console.log(JSON.stringify({ pid, dbPath }));
      setInterval(() => {}, 1000);`;
    const starter = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void starter.kill("SIGKILL"));
    const [line] = await once(createInterface(starter.stdout), "line");
    const { pid, dbPath } = JSON.parse(line);
    expect(isAlive(pid)).toBe(true);

    starter.kill("SIGKILL");

    await vi.waitFor(
      () => expect({ alive: isAlive(pid), data: existsSync(dbPath) }).toEqual({ alive: false, data: false }),
      20_000,
    );
  });
});

async function insert(uri: string, name: string): Promise<void> {
  await using client = new MongoClient(uri);
  await client
    .db("kept")
    .collection("things")
    .insertOne({ name }, { writeConcern: { w: "majority", journal: true } });
}

async function names(uri: string): Promise<readonly string[]> {
  await using client = new MongoClient(uri);
  return await client.db("kept").collection<{ name: string }>("things").distinct("name");
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
