import type { StoreKind } from "../rig/store.ts";
import { readMongodbDurability } from "./mongodb.ts";
import { readSqliteDurability } from "./sqlite.ts";

/** The settings by which an engine writes, as its store has them in force. By name, for the report. */
export type Durability = Readonly<Record<string, string | number | boolean>>;

/**
 * Reads back from a running engine how durable its acknowledged writes are.
 *
 * @throws {Error} when that is less than on disk, and on a majority, before the reply: figures of such an engine compare with nothing.
 */
export async function readDurability(kind: StoreKind): Promise<Durability> {
  switch (kind) {
    case "sqlite":
      return readSqliteDurability();
    case "mongodb":
      return readMongodbDurability();
  }
}

/** @throws {Error} naming what was found. */
export function refuse(store: string, found: unknown, needed: string): never {
  throw new Error(
    `no report: ${store} is written to with ${JSON.stringify(found)}, and an acknowledged write needs ${needed}`,
  );
}
