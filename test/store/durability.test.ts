import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { startReplicaSet } from "../support/mongod.ts";
import { aCommit, aName, anIndex, aRecord, created } from "./support/nouns.ts";
import { freshFolder, openAgain } from "./support/stores.ts";
import { missingIn, writeAlone, type Acknowledged } from "./support/writers.ts";

const WRITER = new URL("./fixtures/write-until-killed.ts", import.meta.url).pathname;

/** Starts a process that appends for 20 journals, behind a shell command if one is given. */
function spawnWriter(url: string, before = "") {
  const child = spawn("/bin/sh", ["-c", `${before} exec "$@"`, "sh", process.execPath, WRITER, url, "20"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

describe("a file whose process is killed while it appends", () => {
  it("has everything that was acknowledged, and nothing torn, again and again", async () => {
    const url = `sqlite:${join(await freshFolder(), "perdure.db")}`;
    const acknowledged: Acknowledged = new Map();
    for (let life = 1; life <= 3; life++) {
      const child = spawnWriter(url);
      const exited = once(child, "exit");
      let lines = 0;
      for await (const line of createInterface(child.stdout)) {
        const [uid, position] = line.split(" ");
        acknowledged.set(uid!, Number(position));
        if (++lines === 2_000) child.kill("SIGKILL");
      }
      expect(await exited).toEqual([null, "SIGKILL"]);

      const { store } = await openAgain(url);
      expect(acknowledged.size).toBe(20 * life);
      expect(await missingIn(store, acknowledged)).toEqual([]);
      await store.close();
    }
  });

  it("has everything that was acknowledged before the disk took no more, and says so to all who ask", async () => {
    const url = `sqlite:${join(await freshFolder(), "perdure.db")}`;
    const acknowledged: Acknowledged = new Map();
    // Blocks of 512 bytes: 2 MiB a file.
    const child = spawnWriter(url, "trap '' XFSZ; ulimit -f 4096;");
    const exited = once(child, "exit");
    const ends: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      const [uid, position] = line.split(" ");
      if (uid === "!") ends.push(line);
      else acknowledged.set(uid!, Number(position));
    }

    expect(await exited).toEqual([0, null]);
    expect(ends[0]).toBe("! EngineError: the store's thread has failed: disk I/O error");
    expect(acknowledged.size).toBe(20);
    const { store } = await openAgain(url);
    expect(await missingIn(store, acknowledged)).toEqual([]);
  });
});

describe("a MongoDB that is killed and started again while it is written to", () => {
  it("has everything that was acknowledged, and the same store goes on", async () => {
    await using replicaSet = await startReplicaSet();
    const { store, url } = await openAgain(replicaSet.uri);
    const acknowledged: Acknowledged = new Map();
    let stopped = false;
    let count = 0;
    const acknowledge = (uid: string, position: number) => {
      acknowledged.set(uid, position);
      count += 1;
    };
    const writers = Array.from({ length: 20 }, () => writeAlone(store, acknowledge, () => stopped));
    for (let life = 1; life <= 2; life++) {
      const before = count;
      await vi.waitFor(() => expect(count).toBeGreaterThan(before + 1_000), 60_000);
      await replicaSet.kill();
      await replicaSet.start();
    }
    const before = count;
    await vi.waitFor(() => expect(count).toBeGreaterThan(before + 1_000), 60_000);
    stopped = true;
    await Promise.all(writers);

    expect(acknowledged.size).toBe(20);
    const again = await openAgain(url);
    expect(await missingIn(again.store, acknowledged)).toEqual([]);
  });

  it("gets the indexes that it owes as soon as it is back", async () => {
    await using replicaSet = await startReplicaSet();
    const { store } = await openAgain(`${replicaSet.uri}&serverSelectionTimeoutMS=200`);
    const heads = await Promise.all(Array.from({ length: 50 }, (_, n) => created(store, aName(`i-${n}`))));
    const index = anIndex(1, { status: "paused" });
    const appends = heads.map((head) => store.append(aCommit(head, aRecord(1), { index, awaitIndex: false })));
    await Promise.all(appends);
    await replicaSet.kill();
    await expect(store.ping()).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
    await replicaSet.start();

    await vi.waitFor(async () => {
      const indexes = await Promise.all(heads.map(async ({ birth }) => (await store.head(birth.name))?.index));
      expect(indexes).toEqual(heads.map(() => index));
    }, 20_000);
  });
});
