import { mkdir } from "node:fs/promises";
import { startReplicaSet } from "../../../test/support/replica-set.ts";
import type { DataFolder } from "./data-folder.ts";

export const STORE_KINDS = ["sqlite", "mongodb"] as const;
export type StoreKind = (typeof STORE_KINDS)[number];

export const STORE_TITLES: Readonly<Record<StoreKind, string>> = { sqlite: "SQLite", mongodb: "MongoDB" };

/** An empty store, and the process that serves it where there is one. */
export interface BenchStore {
  readonly url: string;
  readonly mongodPid: number | undefined;
  stop(): Promise<void>;
}

/** The file of an SQLite store. */
export function sqliteFile(folder: DataFolder): string {
  return folder.file("perdure.db");
}

export async function startStore(kind: StoreKind, folder: DataFolder): Promise<BenchStore> {
  switch (kind) {
    case "sqlite":
      return { url: `sqlite:${sqliteFile(folder)}`, mongodPid: undefined, stop: async () => {} };
    case "mongodb": {
      const dbPath = folder.file("mongod");
      await mkdir(dbPath);
      const replicaSet = await startReplicaSet({ dbPath });
      return { url: replicaSet.uri, mongodPid: replicaSet.pid, stop: () => replicaSet.stop() };
    }
  }
}
