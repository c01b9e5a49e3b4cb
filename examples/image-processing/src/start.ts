/**
 * Runs the example to its end. An engine and a worker are processes of their own; this one calls them, as any client
 * would. Whichever is killed, the instance goes on: those two are started again from here, and the next `npm start`
 * looks for an instance that is not finished before it creates one.
 */
import { join, relative } from "node:path";
import { openEngine } from "@perdure/cli/engine";
import { createClient } from "perdure/client";
import { attend } from "./start-attend.ts";
import { BUCKET_FOLDER } from "./start-env.ts";
import { findOrCreate, type ImageInstance } from "./start-instance.ts";
import { engineAndWorker, served } from "./start-parts.ts";

const say = (text: string): void => console.log(text);

const { engine, worker, url } = await engineAndWorker(say);
const client = createClient({ engine: url });
const calls = openEngine({ engine: url });

async function run(): Promise<number> {
  engine.start();
  await served(url);
  worker.start();
  const { found, instance } = await findOrCreate(client);
  say(`instance is ${instance.id}${found ? ", which an earlier start has left: it goes on where it was" : ""}`);
  say(`caller is process ${process.pid}`);
  say("Kill whichever you like, with -9 too: the instance goes on. If it was the caller, type npm start again.\n");
  const outcome = await attend(instance, client, calls, say);
  if (outcome === "ended") return report(instance);
  say("Not approved. It waits for an approval for up to 24 hours; npm start asks again.");
  return 0;
}

async function report(instance: ImageInstance): Promise<number> {
  const { status, error } = await instance.status();
  if (status !== "complete") {
    say(`The instance is ${status}: ${error?.name ?? ""} ${error?.message ?? ""}`);
    return 1;
  }
  const { description, published } = await instance.result();
  // npm runs this in its own folder; a path is of use from where it was typed.
  const from = process.env["INIT_CWD"] ?? process.cwd();
  say(`\n${description}\nPublished as ${relative(from, join(BUCKET_FOLDER, published))}`);
  return 0;
}

async function stop(): Promise<void> {
  await worker.stop();
  await engine.stop();
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    say("\nStopped. What was done is kept; npm start goes on with the rest.");
    void stop().then(() => process.exit(130));
  });
}

try {
  process.exitCode = await Promise.race([run(), engine.failed, worker.failed]);
} catch (error) {
  say(`The example cannot go on: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  calls.close();
  client.close();
  await stop();
}
