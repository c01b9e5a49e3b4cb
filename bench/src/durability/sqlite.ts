import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startRig } from "../rig/rig.ts";
import { sqliteFile } from "../rig/store.ts";
import { THREADS_INHERIT } from "../rig/child.ts";
import { refuse } from "./durability.ts";
import type { Durability } from "./durability.ts";

const PROBE = join(import.meta.dirname, "sqlite-probe.ts");

/** SQLite's number for FULL; 3, EXTRA, does more. */
const SYNCHRONOUS_FULL = 2;

/** Ten times as long as the probe takes to say what it sees. */
const SAY_MS = 500;

interface Settings {
  readonly file: string;
  readonly journalMode: string;
  readonly synchronous: number;
}

/** Reads the settings on the connection of an engine that has just run an instance. */
export async function readSqliteDurability(): Promise<Durability> {
  await using rig = await startRig("sqlite", (role, folder) =>
    role === "engine"
      ? {
          nodeOptions: ["--import", THREADS_INHERIT, "--import", PROBE],
          env: { BENCH_PROBE_FILE: folder.file("probe") },
        }
      : { nodeOptions: [] },
  );
  await rig.runToEnd("Sequential", { steps: 1 });
  await sleep(SAY_MS);

  const names = (await readdir(rig.folder.path)).filter((name) => name.startsWith("probe."));
  const texts = await Promise.all(names.map((name) => readFile(rig.folder.file(name), "utf8")));
  const settings = texts.flatMap((text) => JSON.parse(text) as readonly Settings[]);
  const ours = settings.filter(({ file }) => basename(file) === basename(sqliteFile(rig.folder)));
  const { journalMode, synchronous } = ours[0] ?? refuse("SQLite", "no connection that could be seen", "one");
  const weak = ours.find((each) => each.journalMode !== "wal" || each.synchronous < SYNCHRONOUS_FULL);
  if (weak !== undefined) refuse("SQLite", weak, "journal_mode wal and synchronous FULL (2)");
  return { journalMode, synchronous };
}
