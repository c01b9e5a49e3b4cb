import { mkdir, readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { until } from "../measure/until.ts";
import { THREADS_INHERIT } from "../rig/child.ts";
import { startRig } from "../rig/rig.ts";
import { sqliteFile } from "../rig/store.ts";
import { refuse } from "./durability.ts";
import type { Durability } from "./durability.ts";

const PROBE = join(import.meta.dirname, "sqlite-probe.ts");

/** SQLite's number for FULL; 3, EXTRA, does more. */
const SYNCHRONOUS_FULL = 2;

/** The probe says what it sees many times a second. */
const SAY_MS = 10_000;

/** What the probe says of a connection. */
export interface Settings {
  readonly file: string;
  readonly journalMode: string;
  readonly synchronous: number;
}

/** Reads the settings on the connection of an engine that has just run an instance. */
export async function readSqliteDurability(): Promise<Durability> {
  let probeFolder = "";
  await using rig = await startRig("sqlite", (role, folder) => {
    probeFolder = folder.file("probe");
    if (role === "worker") return { nodeOptions: [] };
    return {
      nodeOptions: ["--import", THREADS_INHERIT, "--import", PROBE],
      env: { BENCH_PROBE_FOLDER: probeFolder },
    };
  });
  await rig.runToEnd("Sequential", { steps: 1 });
  // Only what is said from now on is of a connection that has written.
  await mkdir(probeFolder);
  let settings: readonly Settings[] = [];
  await until("the probe's word on the engine's connection", 20, SAY_MS, async () => {
    settings = await settingsIn(probeFolder, basename(sqliteFile(rig.folder)));
    return settings.length > 0;
  });

  const weak = settings.find((each) => each.journalMode !== "wal" || each.synchronous < SYNCHRONOUS_FULL);
  if (weak !== undefined) refuse("SQLite", weak, "journal_mode wal and synchronous FULL (2)");
  const { journalMode, synchronous } = settings[0]!;
  return { journalMode, synchronous };
}

async function settingsIn(folder: string, file: string): Promise<readonly Settings[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return texts
    .flatMap((text) => JSON.parse(text) as readonly Settings[])
    .filter((each) => basename(each.file) === file);
}
