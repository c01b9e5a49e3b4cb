import { MongoClient, type Db } from "mongodb";
import { onTestFinished } from "vitest";
import { freshDatabaseUri } from "../../support/mongod.ts";

/** An empty database, and a way to look at it that is not the store's. */
export async function aDatabase(): Promise<{ readonly url: string; readonly database: Db }> {
  const url = await freshDatabaseUri();
  const client = new MongoClient(url);
  onTestFinished(() => client.close());
  return { url, database: client.db() };
}
