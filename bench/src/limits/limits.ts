import { DataFolder } from "../rig/data-folder.ts";
import { startStore } from "../rig/store.ts";
import type { StoreKind } from "../rig/store.ts";
import { measureDisk } from "./disk.ts";
import { measureEmptyCall } from "./empty-call.ts";
import { LIMIT_MS } from "./limit.ts";
import type { Limit } from "./limit.ts";
import { measureMongodb } from "./mongodb.ts";
import { measureSqlite } from "./sqlite.ts";

/** What disk, store and RPC library could do at most, in this run: figures of the engine mean little without. */
export async function measureLimits(kind: StoreKind, quick: boolean): Promise<readonly Limit[]> {
  const ms = quick ? LIMIT_MS.quick : LIMIT_MS.full;
  await using folder = await DataFolder.create();
  const disk = measureDisk(folder.file("appends"), ms);
  const calls = await measureEmptyCall(folder.file("empty-server.log"), ms);
  return [disk, ...(await measureStore(kind, folder, ms)), ...calls];
}

async function measureStore(kind: StoreKind, folder: DataFolder, ms: number): Promise<readonly Limit[]> {
  switch (kind) {
    case "sqlite":
      return measureSqlite(folder.file("limits.db"), ms);
    case "mongodb": {
      const store = await startStore(kind, folder);
      try {
        return await measureMongodb(store.url, ms);
      } finally {
        await store.stop();
      }
    }
  }
}
