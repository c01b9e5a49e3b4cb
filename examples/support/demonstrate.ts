import { type Engine, openEngine } from "@perdure/cli/engine";
import { type Client, createClient } from "perdure/client";
import { engineAndWorker, served, type Setting } from "./parts.ts";

/** What a demonstration acts with. */
export interface Stage {
  readonly client: Client;
  readonly engine: Engine;
  readonly say: (text: string) => void;
}

/**
 * Runs an example to its end, and sets the exit code. An engine and a worker are processes of their own; this one calls
 * them, as any client would. Whichever is killed, the instance goes on: those two are started again from here, and the
 * next start looks for an instance that is not finished before it creates one.
 *
 * @param act What the caller does; the example is over when it returns.
 */
export async function demonstrate(setting: Setting, act: (stage: Stage) => Promise<void>): Promise<void> {
  const say = (text: string): void => console.log(text);
  const parts = await engineAndWorker(setting, say);
  const { url, worker } = parts;
  const client = createClient({ engine: url });
  const engine = openEngine({ engine: url });

  const run = async (): Promise<void> => {
    parts.engine.start();
    await served(url);
    worker.start();
    say(`caller is process ${process.pid}`);
    say("Kill whichever you like, with -9 too: the instance goes on. If it was the caller, type npm start again.\n");
    await act({ client, engine, say });
  };

  const stop = async (): Promise<void> => {
    await worker.stop();
    await parts.engine.stop();
  };

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      say("\nStopped. What was done is kept; npm start goes on with the rest.");
      void stop().then(() => process.exit(130));
    });
  }

  try {
    await Promise.race([run(), parts.engine.failed, worker.failed]);
  } catch (error) {
    say(`The example cannot go on: ${(error as Error).message}`);
    process.exitCode = 1;
  } finally {
    engine.close();
    client.close();
    await stop();
  }
}
