import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../../services/engine/src/store/open.ts";
import type { Store } from "../../../services/engine/src/store/store.ts";
import { freshDatabaseUri } from "../../support/mongod.ts";
import { CONFIGURATION } from "./configuration.ts";

/** Opened by the first test of a file that needs it; the next have their own namespaces in it. */
let opened: Promise<Store> | undefined;
let folder: string | undefined;

/** The store that the tests of a file share: a database of MongoDB takes a while to make. */
export function sharedStore(): Promise<Store> {
  return (opened ??= open());
}

async function open(): Promise<Store> {
  switch (CONFIGURATION.store) {
    case "memory":
      return openStore("memory:");
    case "sqlite":
      folder = await mkdtemp(join(tmpdir(), "perdure-behaviour-"));
      return openStore(`sqlite:${join(folder, "perdure.db")}`);
    case "mongodb":
      return openStore(await freshDatabaseUri());
  }
}

/** Ends what the tests of a file have opened. */
export async function closeShared(): Promise<void> {
  await (await opened)?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  opened = undefined;
  folder = undefined;
}
