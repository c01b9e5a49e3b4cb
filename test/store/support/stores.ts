import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openStore } from "../../../services/engine/src/store/open.ts";
import type { Store } from "../../../services/engine/src/store/store.ts";
import type { Collection } from "../../../services/engine/src/store/written.ts";
import { freshDatabaseUri } from "../../support/mongod.ts";

/** Every kind of store, by what a test of one has to open. */
export const STORES = [
  { kind: "memory", lasting: false, freshUrl: async () => "memory:" },
  { kind: "sqlite", lasting: true, freshUrl: freshFileUrl },
  { kind: "mongodb", lasting: true, freshUrl: freshDatabaseUri },
] as const;

export const LASTING_STORES = STORES.filter(({ lasting }) => lasting);

export interface OpenedStore {
  readonly url: string;
  readonly store: Store;
  /** Documents or rows that it has written so far. */
  readonly written: Record<Collection, number>;
}

/** Opens an empty store that goes with the test. */
export async function openFresh({ freshUrl }: (typeof STORES)[number]): Promise<OpenedStore> {
  return openAgain(await freshUrl());
}

export async function openAgain(url: string): Promise<OpenedStore> {
  const written = { heads: 0, journal: 0, sessions: 0 };
  const onWritten = (collection: Collection, documents: number) => {
    written[collection] += documents;
  };
  const store = await openStore(url, { onWritten });
  onTestFinished(() => store.close());
  return { url, store, written };
}

export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "perdure-store-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function freshFileUrl(): Promise<string> {
  return `sqlite:${join(await freshFolder(), "made", "perdure.db")}`;
}
