import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { openDatabase, pragma, SCHEMA_VERSION } from "../../../services/engine/src/store/sqlite/database.ts";
import { openStore } from "../../../services/engine/src/store/open.ts";
import { aCommit, aHead, aName, ALL, aRecord, created, EVERYTHING, NOW } from "../support/nouns.ts";
import { freshFolder, openAgain } from "../support/stores.ts";

const PORT = new URL("../../../services/engine/src/store/open.ts", import.meta.url).href;

async function aPath(): Promise<string> {
  return join(await freshFolder(), "perdure.db");
}

describe("a file", () => {
  it("is durable at each commit, and only its owner can read it", async () => {
    const database = openDatabase(await aPath());
    onTestFinished(() => database.close());
    const { journal_mode } = database.prepare("PRAGMA journal_mode").get() as { journal_mode: string };
    const { locking_mode } = database.prepare("PRAGMA locking_mode").get() as { locking_mode: string };

    expect({ journal_mode, locking_mode }).toEqual({ journal_mode: "wal", locking_mode: "exclusive" });
    // FULL: the WAL is flushed before a commit returns.
    expect(pragma(database, "synchronous")).toBe(2);
  });

  it("is made together with its folders", async () => {
    const folder = await freshFolder();
    await openAgain(`sqlite:${join(folder, "a", "b", "perdure.db")}`);

    expect(existsSync(join(folder, "a", "b", "perdure.db"))).toBe(true);
  });

  it("has one owner: another process is told so, and gets it when the first was killed", async () => {
    const path = await aPath();
    const script = `
      import { openStore } from ${JSON.stringify(PORT)};
      await openStore(${JSON.stringify(`sqlite:${path}`)});
      console.log("open");`;
    const owner = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void owner.kill("SIGKILL"));
    await once(createInterface(owner.stdout), "line");

    await expect(openStore(`sqlite:${path}`)).rejects.toThrow(
      `${path} is in use by another process: only one engine can own a file; stop the other one`,
    );
    owner.kill("SIGKILL");
    await once(owner, "exit");
    const { store } = await openAgain(`sqlite:${path}`);
    await store.ping();
  });

  it("is whole in itself once its store has closed: nothing is left beside it", async () => {
    const path = await aPath();
    const { store } = await openAgain(`sqlite:${path}`);
    await created(store, aName("a"));
    await store.close();

    expect([existsSync(`${path}-wal`), existsSync(`${path}-shm`)]).toEqual([false, false]);
    expect(statSync(path).size).toBeGreaterThan(0);
  });

  it("of a newer version is refused", async () => {
    const path = await aPath();
    await (await openStore(`sqlite:${path}`)).close();
    const database = new DatabaseSync(path);
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    database.close();

    await expect(openStore(`sqlite:${path}`)).rejects.toThrow(
      `${path} was written by a newer version (its schema is ${SCHEMA_VERSION + 1}, this engine knows ${SCHEMA_VERSION}): start that one`,
    );
  });

  it("of an older version keeps what it has and gets the tables that came later", async () => {
    const path = await aPath();
    const { store } = await openAgain(`sqlite:${path}`);
    const head = await created(store, aName("a"));
    await store.close();
    const database = new DatabaseSync(path);
    database.exec("DROP TABLE blobs");
    database.exec("PRAGMA user_version = 1");
    database.close();

    const { store: again } = await openAgain(`sqlite:${path}`);
    await again.putChunk({ uid: "u", blob: "b", chunk: 0 }, Uint8Array.of(1));
    expect(await again.head(aName("a"))).toStrictEqual(head);
    expect(await again.blobSize("u", "b")).toEqual({ chunks: 1, bytes: 1 });
  });

  it("of another program is refused and left as it is", async () => {
    const path = await aPath();
    const database = new DatabaseSync(path);
    database.exec("CREATE TABLE recipes (name TEXT)");
    database.close();
    const text = join(await freshFolder(), "notes.txt");
    writeFileSync(text, "not a database, but long enough to be taken for one".repeat(100));

    await expect(openStore(`sqlite:${path}`)).rejects.toThrow(`${path} is a database of another program`);
    await expect(openStore(`sqlite:${text}`)).rejects.toThrow(`${text} is not an SQLite database`);
    const tables = new DatabaseSync(path).prepare("SELECT name FROM sqlite_schema").all();
    expect(tables.map(({ name }) => name)).toEqual(["recipes"]);
  });

  it("that cannot be made is refused with the path", async () => {
    const path = await aPath();
    writeFileSync(path, "");

    await expect(openStore(`sqlite:${join(path, "below-a-file", "perdure.db")}`)).rejects.toThrow(path);
  });

  it("opens without a word about experimental features", async () => {
    const path = await aPath();
    const script = `
      import { openStore } from ${JSON.stringify(PORT)};
      await (await openStore(${JSON.stringify(`sqlite:${path}`)})).close();`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const [code] = await once(child, "close");

    expect({ code, said }).toEqual({ code: 0, said: "" });
  });
});

describe("a corrupt row", () => {
  async function corrupted(sql: string) {
    const path = await aPath();
    const first = await openStore(`sqlite:${path}`);
    const head = await created(first, aName("a"));
    await first.append(aCommit(head, aRecord(1)));
    await first.close();
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
    return { head, ...(await openAgain(`sqlite:${path}`)) };
  }

  it("is refused with the instance and the field", async () => {
    const { store } = await corrupted("UPDATE heads SET status = 'asleep'");

    const refusal = { reason: "CORRUPT_DOCUMENT", metadata: { instance: "default/greet/a" } };
    await expect(store.head(aName("a"))).rejects.toMatchObject(refusal);
    await expect(store.list(EVERYTHING)).rejects.toMatchObject(refusal);
  });

  it("is refused when it is no document at all, and the store goes on", async () => {
    const { store, head } = await corrupted("UPDATE journal SET record = x'00ff'");
    const journal = { uid: head.birth.uid, run: 1 };

    await expect(store.journal(journal, 0, ALL)).rejects.toMatchObject({ reason: "CORRUPT_DOCUMENT" });
    expect(await store.head(aName("a"))).toStrictEqual(head);
  });
});

describe("a request that cannot be done", () => {
  it("takes none of those that came with it along", async () => {
    const { store } = await openAgain(`sqlite:${await aPath()}`);
    const head = aHead(aName("a"));
    const good = [1, 2, 3].map((position) => store.append(aCommit(head, aRecord(position))));
    // More than a column can hold.
    const bad = store.create(aHead(aName("b"), {}, { run: 2 ** 70 }));
    const after = store.append(aCommit(head, aRecord(4)));

    await expect(bad).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
    expect(await Promise.all([...good, after])).toEqual(["appended", "appended", "appended", "appended"]);
    const { records } = await store.journal({ uid: head.birth.uid, run: 1 }, 0, ALL);
    expect(records).toHaveLength(4);
    expect(await store.head(aName("b"))).toBeUndefined();
    expect(await store.ready({ namespace: "default", workflows: ["greet"], until: NOW, limit: 9 })).toEqual([]);
  });
});
