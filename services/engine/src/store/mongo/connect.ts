import { MongoClient, MongoServerSelectionError } from "mongodb";
import { ConnectionString } from "mongodb-connection-string-url";
import {
  collectionsOf,
  HEAD_INDEXES,
  REMOVAL_INDEXES,
  SESSION_INDEXES,
  SLOT_INDEXES,
  type Collections,
} from "./collections.ts";

/** How long a call waits for a primary, in milliseconds: an election takes about 10 s. */
const PRIMARY_WAIT_MS = 15_000;

/** After so long without an answer a server is taken for gone, and the calls under way with it. */
const SILENCE_MS = 10_000;

const DATABASE_NAME = "perdure";

/** The version of the documents. A database with a newer one is refused. */
export const SCHEMA_VERSION = 1;

export interface Connection {
  readonly client: MongoClient;
  readonly collections: Collections;
  /** Of the server: "6.0.5". */
  readonly version: string;
}

/**
 * Connects, and makes the indexes where they are missing.
 *
 * @throws {Error} with a sentence for the operator: no server, a standalone one, a database of a newer version.
 */
export async function connect(url: string): Promise<Connection> {
  const { client, databaseName } = clientFor(url);
  try {
    await client.connect();
    await requireReplicaSet(client);
    const collections = collectionsOf(client.db(databaseName));
    await requireSchema(collections, databaseName);
    await collections.heads.createIndexes([...HEAD_INDEXES]);
    await collections.removals.createIndexes([...REMOVAL_INDEXES]);
    await collections.sessions.createIndexes([...SESSION_INDEXES]);
    await collections.slots.createIndexes([...SLOT_INDEXES]);
    const { version } = await client.db("admin").command({ buildInfo: 1 });
    return { client, collections, version: String(version) };
  } catch (error) {
    await client.close();
    throw explained(error, client);
  }
}

/** Times that the URL gives hold. */
function clientFor(url: string): { readonly client: MongoClient; readonly databaseName: string } {
  try {
    const { pathname, searchParams } = new ConnectionString(url);
    const times = { serverSelectionTimeoutMS: PRIMARY_WAIT_MS, connectTimeoutMS: SILENCE_MS };
    const unset = Object.entries(times).filter(([name]) => !searchParams.has(name));
    const options = { appName: "perdure", retryWrites: true, retryReads: true, ...Object.fromEntries(unset) };
    return {
      client: new MongoClient(url, options),
      databaseName: decodeURIComponent(pathname.slice(1)) || DATABASE_NAME,
    };
  } catch (cause) {
    throw new Error(`the URL of MongoDB cannot be understood: ${(cause as Error).message}`, { cause });
  }
}

async function requireReplicaSet(client: MongoClient): Promise<void> {
  const hello = await client.db("admin").command({ hello: 1 });
  if (hello["setName"] !== undefined || hello["msg"] === "isdbgrid") return;
  throw new Error(
    `${hostsOf(client)} is a standalone mongod, which cannot promise what Perdure does. One node is enough, but as a replica ` +
      `set: start it with --replSet rs0 and run rs.initiate() in mongosh once`,
  );
}

async function requireSchema({ meta }: Collections, databaseName: string): Promise<void> {
  const current = { $setOnInsert: { version: SCHEMA_VERSION } };
  const schema = await meta.findOneAndUpdate({ _id: "schema" }, current, { upsert: true, returnDocument: "after" });
  if (schema === null || schema.version <= SCHEMA_VERSION) return;
  throw new Error(
    `the database "${databaseName}" was written by a newer version (its schema is ${schema.version}, this engine knows ` +
      `${SCHEMA_VERSION}): start that one`,
  );
}

function explained(error: unknown, client: MongoClient): unknown {
  if (!(error instanceof MongoServerSelectionError)) return error;
  const servers = [...(error.reason?.servers.values() ?? [])];
  const uninitiated = servers.some(({ type }) => type === "RSGhost");
  const why = uninitiated
    ? "its replica set is not initiated: run rs.initiate() in mongosh once"
    : `there is no primary: ${servers.find((server) => server.error !== null)?.error?.message ?? error.message}`;
  return new Error(`cannot use MongoDB at ${hostsOf(client)}: ${why}`, { cause: error });
}

/** Without the user's name and password, which the URL may have. */
function hostsOf({ options }: MongoClient): string {
  return options.srvHost ?? options.hosts.map(String).join(",");
}
