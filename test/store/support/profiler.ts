import { MongoClient, type Document } from "mongodb";
import { onTestFinished } from "vitest";

/** Writes down what the server does for a database: its own word, not the driver's. */
export interface Profiler {
  /** The commands since the start that touched a collection, oldest first. */
  commands(collection: string): Promise<readonly Document[]>;
}

export async function profile(uri: string): Promise<Profiler> {
  const client = new MongoClient(uri);
  onTestFinished(() => client.close());
  const database = client.db();
  await database.command({ profile: 2 });
  return {
    commands: async (collection) => {
      const ns = `${database.databaseName}.${collection}`;
      return database.collection("system.profile").find({ ns }).sort({ ts: 1 }).toArray();
    },
  };
}
