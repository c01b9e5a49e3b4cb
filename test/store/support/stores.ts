import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { openStore } from "../../../services/engine/src/store/open.ts";
import type { Store } from "../../../services/engine/src/store/store.ts";
import type { Collection } from "../../../services/engine/src/store/written.ts";
import { freshDatabaseUri } from "../../support/mongod.ts";

/** Registers what is to be done when the test, or all of them, have finished. */
type WhenDone = (cleanUp: () => Promise<void>) => void;

/** Every kind of store, by what a test of one has to open. */
export const STORES = [
  { kind: "memory", lasting: false, freshUrl: async () => "memory:" },
  { kind: "sqlite", lasting: true, freshUrl: freshFileUrl },
  { kind: "mongodb", lasting: true, freshUrl: () => freshDatabaseUri() },
] as const satisfies readonly { kind: string; lasting: boolean; freshUrl: (whenDone: WhenDone) => Promise<string> }[];

export const LASTING_STORES = STORES.filter(({ lasting }) => lasting);

export interface OpenedStore {
  readonly url: string;
  readonly store: Store;
  /** Documents or rows that it has written so far. */
  readonly written: Record<Collection, number>;
}

/** Opens an empty store that goes with the test. */
export async function openFresh({ freshUrl }: (typeof STORES)[number]): Promise<OpenedStore> {
  return openAgain(await freshUrl(onTestFinished));
}

/** One store for the tests of a `describe` that only look at what is there: a database of MongoDB takes a while to make. */
export function openForAll({ freshUrl }: (typeof STORES)[number], fill: (store: Store) => Promise<void>): () => Store {
  let store: Store;
  beforeAll(async () => {
    store = await openStore(await freshUrl((cleanUp) => afterAll(cleanUp)));
    await fill(store);
  });
  afterAll(() => store.close());
  return () => store;
}

export async function openAgain(url: string): Promise<OpenedStore> {
  const written = { heads: 0, journal: 0, removals: 0, sessions: 0, blobs: 0, workflows: 0, slots: 0 };
  const onWritten = (collection: Collection, documents: number) => {
    written[collection] += documents;
  };
  const store = await openStore(url, { onWritten });
  onTestFinished(() => store.close());
  return { url, store, written };
}

export async function freshFolder(whenDone: WhenDone = onTestFinished): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "perdure-store-"));
  whenDone(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function freshFileUrl(whenDone: WhenDone): Promise<string> {
  return `sqlite:${join(await freshFolder(whenDone), "made", "perdure.db")}`;
}
