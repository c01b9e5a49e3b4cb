import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { MongoClient } from "mongodb";
import { ConnectionString } from "mongodb-connection-string-url";
import type { TestProject } from "vitest/node";
import { startReplicaSet } from "./replica-set.ts";
import type { ReplicaSet } from "./replica-set.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where a test process asks the runner for a database. */
    mongodBrokerUrl: string;
  }
}

/**
 * The run's one mongod, started when the first test asks for a database: runs that need none do not wait for one.
 *
 * Vitest calls this once, in the runner's process, and what it returns at the end.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = new SharedServer();
  const broker = createServer((_request, response) => {
    server.freshDatabase().then(
      (uri) => response.end(uri),
      (error: unknown) => response.writeHead(503).end(error instanceof Error ? error.message : String(error)),
    );
  });
  broker.listen(0, "127.0.0.1").unref();
  await once(broker, "listening");
  project.provide("mongodBrokerUrl", `http://127.0.0.1:${(broker.address() as AddressInfo).port}`);
  return async () => {
    broker.close();
    await server.stop();
  };
}

/** The server of MONGODB_URI, or a replica set that this run starts. */
class SharedServer {
  readonly #given = process.env["MONGODB_URI"];
  readonly #names: string[] = [];
  #started: Promise<ReplicaSet> | undefined;
  #checked: Promise<void> | undefined;

  async freshDatabase(): Promise<string> {
    const uri = await this.#uri();
    const name = `perdure_test_${randomUUID().replaceAll("-", "")}`;
    this.#names.push(name);
    return withDatabase(uri, name);
  }

  async stop(): Promise<void> {
    await (await this.#started)?.stop();
    if (this.#given === undefined || this.#names.length === 0) return;
    await using client = new MongoClient(this.#given);
    for (const name of this.#names) await client.db(name).dropDatabase();
  }

  async #uri(): Promise<string> {
    if (this.#given === undefined) return (await (this.#started ??= startReplicaSet())).uri;
    await (this.#checked ??= requireTransactions(this.#given));
    return this.#given;
  }
}

async function requireTransactions(uri: string): Promise<void> {
  await using client = new MongoClient(uri, { serverSelectionTimeoutMS: 10_000 });
  const hello = await client.db("admin").command({ hello: 1 });
  if (hello["setName"] !== undefined || hello["msg"] === "isdbgrid") return;
  throw new Error("MONGODB_URI names a standalone mongod: start it with --replSet, or unset MONGODB_URI.");
}

function withDatabase(uri: string, name: string): string {
  const parts = new ConnectionString(uri);
  // The path also says where the user is defined, unless something else does.
  if (parts.username !== "" && !parts.searchParams.has("authSource")) {
    parts.searchParams.set("authSource", parts.pathname.slice(1) || "admin");
  }
  parts.pathname = `/${name}`;
  return parts.toString();
}
