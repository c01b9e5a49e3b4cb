import { fileURLToPath } from "node:url";
import { startEngine } from "@perdure/engine";
import { createClient } from "perdure/client";
import { loadWorkflows } from "perdure/loader";
import { serve } from "perdure/worker";
import { Crew, type ProgramOutcome } from "../generated/crew.ts";
import type { Producer } from "../generated/direct.ts";
import type { Program } from "../generated/program.ts";
import { toldOf } from "../generated/told-of.ts";
import { valueOf } from "../generated/values.ts";

/** Workers of which one keeps suspended runs, and the other replays the journal at each wake. */
const CACHES = { kept: 1_000, replayed: 0 } as const;

/** Runs programs in Perdure: one engine in memory, two workers and one client, over a real socket. */
export async function programsInPerdure(programs: readonly Program[]): Promise<ReadonlyMap<Program, ProgramOutcome>> {
  const module = fileURLToPath(new URL("../../workflows/generated.ts", import.meta.url));
  const Generated = (await loadWorkflows(module)).get("Generated")!;
  const engine = await startEngine({
    store: "memory:",
    port: 0,
    drainGraceMs: 100,
    log: { level: "silent", format: "json" },
  });
  const crew = new Crew();
  const workers = Object.entries(CACHES).map(([name, cacheSize]) =>
    serve({
      engine: engine.url,
      workflows: { [name]: Generated },
      env: { STAGE: crew },
      cacheSize,
      graceMs: 0,
      log: SILENT,
    }),
  );
  const client = createClient({ engine: engine.url });
  const create: Producer = async (program, id) => {
    const workflow = client.workflow(program.seed % 2 === 0 ? "kept" : "replayed");
    const instance = await workflow.create({ id, params: program });
    return {
      status: () => instance.status(),
      pause: () => instance.pause(),
      resume: () => instance.resume(),
      terminate: () => instance.terminate(),
      restart: () => instance.restart(),
      sendEvent: ({ type, sends }) => instance.sendEvent({ type, payload: valueOf(sends) }),
      follow: async (tell, signal) => {
        using events = await instance.subscribe();
        const leave = (): void => events[Symbol.dispose]();
        signal.addEventListener("abort", leave);
        if (signal.aborted) return;
        for await (const event of events) tell(toldOf(event));
        signal.removeEventListener("abort", leave);
      },
    };
  };
  const shown = await crew.perform(programs, create);
  await Promise.all(workers.map((worker) => worker.stop()));
  client.close();
  await engine.close();
  return shown;
}

/** What a program leaves rejected for a while is its own affair. */
const nothing = (): void => {};
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };
