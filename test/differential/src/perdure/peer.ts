import { fileURLToPath } from "node:url";
import { startEngine } from "@perdure/engine";
import type { Workflow, WorkflowClass, WorkflowInstance, WorkflowInstanceRestartOptions } from "perdure";
import { createClient } from "perdure/client";
import { loadWorkflows } from "perdure/loader";
import { serve } from "perdure/worker";
import { drive } from "../drive.ts";
import { EffectLog } from "../effect-log.ts";
import { type ObservedError, observedError, type Outcome } from "../observation.ts";
import type { HandleCall, WorkflowBinding } from "../peer.ts";
import type { Scenario } from "../scenario.ts";

/** Scenarios that run side by side. */
const SIDE_BY_SIDE = 8;

interface Cast {
  readonly scenario: Scenario;
  readonly log: EffectLog;
  /** Under which its class is served: each scenario has a workflow of its own. */
  readonly workflow: string;
}

/** Runs scenarios of one step limit in Perdure: one engine in memory, one worker and one client, over a real socket. */
export async function runInPerdure(scenarios: readonly Scenario[]): Promise<Readonly<Record<string, Outcome>>> {
  const casts = scenarios.map((scenario, index) => ({ scenario, log: new EffectLog(), workflow: `scenario-${index}` }));
  const workflows = new Map<string, WorkflowClass>();
  for (const cast of casts) workflows.set(cast.workflow, await classOf(cast));
  const stepLimit = scenarios[0]?.stepLimit;
  const engine = await startEngine({
    store: "memory:",
    port: 0,
    drainGraceMs: 100,
    log: { level: "silent", format: "json" },
    ...(stepLimit === undefined ? {} : { stepLimit }),
  });
  const worker = serve({ engine: engine.url, workflows, env: {}, graceMs: 0 });
  const client = createClient({ engine: engine.url });
  const outcomes: Record<string, Outcome> = {};
  const waiting = [...casts];
  const runNext = async (): Promise<void> => {
    for (let cast = waiting.shift(); cast !== undefined; cast = waiting.shift()) {
      const { scenario, workflow, log } = cast;
      outcomes[scenario.name] = await drive(scenario, bindingOf(client.workflow(workflow)), log).catch(
        (error: unknown) => ({
          failed: error instanceof Error ? (error.stack ?? error.message) : String(error),
        }),
      );
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, runNext));
  await worker.stop();
  client.close();
  await engine.close();
  return outcomes;
}

function bindingOf(workflow: Workflow): WorkflowBinding {
  return {
    async create(options) {
      const instance = await workflow.create(options);
      return {
        status: () => instance.status(),
        sendEvent: (event) => instance.sendEvent(event),
        pause: () => instance.pause(),
        resume: () => instance.resume(),
        terminate: (options) => instance.terminate(options),
        restart: (options) => instance.restart(options as WorkflowInstanceRestartOptions | undefined),
        delete: () => instance.delete(),
        each: (calls) => eachOf(instance, calls),
      };
    },
    deleteBatch: (ids) => workflow.deleteBatch(ids as string[]),
  };
}

async function eachOf(instance: WorkflowInstance, calls: readonly HandleCall[]) {
  const answers: (string | ObservedError)[] = [];
  for (const call of calls) {
    const made = call === "sendEvent" ? instance.sendEvent({ type: "go" }) : instance[call]();
    answers.push(await made.then((value) => (value && "status" in value ? value.status : "ok"), observedError));
  }
  return answers;
}

/** The scenario's class, whose `env` is that of the scenario. */
async function classOf({ scenario, log }: Cast): Promise<WorkflowClass> {
  const module = fileURLToPath(new URL(`../../workflows/${scenario.module}`, import.meta.url));
  const Workflow = (await loadWorkflows(module)).get(scenario.className);
  if (Workflow === undefined) throw new Error(`${scenario.module} exports no ${scenario.className}`);
  return new Proxy(Workflow, {
    construct: (target, [ctx], made) => Reflect.construct(target, [ctx, { RECORDER: log }], made) as object,
  });
}
