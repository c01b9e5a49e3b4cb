import { fileURLToPath } from "node:url";
import { drive } from "../drive.ts";
import { EffectLog } from "../effect-log.ts";
import type { ObservedError } from "../observation.ts";
import type { InstanceHandle, Peer, WorkflowBinding } from "../peer.ts";
import type { Attempt } from "../recorder.ts";
import type { Scenario } from "../scenario.ts";
import { build, Miniflare, NoOpLog } from "./installed.ts";
import { CALLER_MODULE, RECORDER_MODULE } from "./workers.ts";

const COMPATIBILITY_DATE = "2026-11-17";

/**
 * Defaults of that date in production. The local engine keeps an old date of its own and takes only flags that are named
 * by a worker with a binding to the workflow; without them errors lose their names.
 */
const COMPATIBILITY_FLAGS = ["enhanced_error_serialization", "workflows_preserve_non_retryable_error_message"];

/** Cloudflare's local engine. Each scenario has a workerd process of its own, which takes about half a second. */
export const miniflarePeer: Peer = {
  async run(scenario) {
    const log = new EffectLog();
    const miniflare = new Miniflare(optionsFor(scenario, await bundled(scenario.module), log));
    try {
      return await drive(scenario, bindingThrough(miniflare), log);
    } finally {
      await miniflare.dispose();
    }
  },
};

/** The module with its relative imports in one piece, types taken off, as wrangler would upload it. */
async function bundled(module: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../../workflows/${module}`, import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    external: ["cloudflare:*"],
  });
  return outputFiles[0]!.text;
}

function optionsFor(scenario: Scenario, contents: string, log: EffectLog) {
  const manifest = (contents: string) => ({
    mainModule: "worker.mjs",
    modulesRoot: "/",
    modules: { "worker.mjs": { type: "esm", contents } },
  });
  const common = { compatibilityDate: COMPATIBILITY_DATE, compatibilityFlags: COMPATIBILITY_FLAGS, exports: {} };
  return {
    log: new NoOpLog(),
    handleStructuredLogs: () => {},
    workers: [
      {
        config: {
          ...common,
          name: "caller",
          manifest: manifest(CALLER_MODULE),
          env: {
            WORKFLOW: {
              type: "workflow",
              name: "scenario",
              worker: "workflows",
              exportName: scenario.className,
              ...(scenario.stepLimit === undefined ? {} : { unsafeConfig: { limits: { steps: scenario.stepLimit } } }),
            },
          },
        },
      },
      {
        config: {
          ...common,
          name: "workflows",
          manifest: manifest(contents),
          env: { RECORDER: { type: "worker", worker: "recorder" } },
        },
      },
      {
        config: {
          ...common,
          name: "recorder",
          manifest: manifest(RECORDER_MODULE),
          env: { OUTSIDE: { type: "fetcher", handler: receiver(log) } },
        },
      },
    ],
  };
}

/** Answers the recorder worker once the note is in the log, so that a callback goes on only after that. */
function receiver(log: EffectLog) {
  return async (request: { json(): Promise<unknown> }) => {
    const note = (await request.json()) as Attempt | { readonly effect: string };
    await ("effect" in note ? log.record(note.effect) : log.attempt(note));
    return new Response();
  };
}

function bindingThrough(miniflare: InstanceType<typeof Miniflare>): WorkflowBinding {
  const post = async (call: string, id: string, argument?: unknown): Promise<unknown> => {
    const response = await miniflare.dispatchFetch("http://caller/", {
      method: "POST",
      body: JSON.stringify({ call, id, argument }),
    });
    const answer = (await response.json()) as { readonly value: unknown } | { readonly error: ObservedError };
    if ("error" in answer) throw Object.assign(new Error(answer.error.message), { name: answer.error.name });
    return answer.value;
  };
  return {
    async create(options) {
      await post("create", options.id, options);
      const call = (name: string) => async (argument?: unknown) => void (await post(name, options.id, argument));
      return {
        status: () => post("status", options.id) as ReturnType<InstanceHandle["status"]>,
        sendEvent: call("sendEvent"),
        pause: call("pause"),
        resume: call("resume"),
        terminate: call("terminate"),
        restart: call("restart"),
      };
    },
  };
}
