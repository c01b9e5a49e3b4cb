import { fileURLToPath } from "node:url";
import { startEngine } from "@perdure/engine";
import { createClient } from "perdure/client";
import { loadWorkflows } from "perdure/loader";
import { serve } from "perdure/worker";
import { drive } from "../drive.ts";
import { EffectLog } from "../effect-log.ts";
import type { Peer } from "../peer.ts";

/** Perdure: each scenario has an engine in memory, a worker and a client of its own, over a real socket. */
export const perdurePeer: Peer = {
  async run(scenario) {
    const log = new EffectLog();
    const module = fileURLToPath(new URL(`../../workflows/${scenario.module}`, import.meta.url));
    const workflows = await loadWorkflows(module);
    const { stepLimit } = scenario;
    const engine = await startEngine({
      store: "memory:",
      port: 0,
      drainGraceMs: 100,
      log: { level: "silent", format: "json" },
      ...(stepLimit === undefined ? {} : { stepLimit }),
    });
    const worker = serve({ engine: engine.url, workflows, env: { RECORDER: log }, graceMs: 0 });
    const client = createClient({ engine: engine.url });
    try {
      return await drive(scenario, client.workflow(scenario.className), log);
    } finally {
      await worker.stop();
      client.close();
      await engine.close();
    }
  },
};
