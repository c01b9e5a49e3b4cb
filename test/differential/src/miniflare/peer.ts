import { drive } from "../drive.ts";
import { EffectLog } from "../effect-log.ts";
import type { ObservedError } from "../observation.ts";
import type { InstanceHandle, Peer, WorkflowBinding } from "../peer.ts";
import type { Attempt } from "../recorder.ts";
import type { Scenario } from "../scenario.ts";
import { bundled, COMPATIBILITY, manifestOf } from "./bundle.ts";
import { Miniflare, NoOpLog } from "./installed.ts";
import { CALLER_MODULE, RECORDER_MODULE } from "./workers.ts";

/** Cloudflare's local engine. Each scenario has a workerd process of its own, which takes about half a second. */
export const miniflarePeer: Peer = {
  async run(scenario) {
    const log = new EffectLog();
    const miniflare = new Miniflare(
      optionsFor(scenario, await bundled(new URL(`../../workflows/${scenario.module}`, import.meta.url)), log),
    );
    try {
      return await drive(scenario, bindingThrough(miniflare), log);
    } finally {
      await miniflare.dispose();
    }
  },
};

function optionsFor(scenario: Scenario, contents: string, log: EffectLog) {
  return {
    log: new NoOpLog(),
    handleStructuredLogs: () => {},
    workers: [
      {
        config: {
          ...COMPATIBILITY,
          name: "caller",
          manifest: manifestOf(CALLER_MODULE),
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
          ...COMPATIBILITY,
          name: "workflows",
          manifest: manifestOf(contents),
          env: { RECORDER: { type: "worker", worker: "recorder" } },
        },
      },
      {
        config: {
          ...COMPATIBILITY,
          name: "recorder",
          manifest: manifestOf(RECORDER_MODULE),
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
        delete: call("delete"),
        each: (calls) => post("each", options.id, calls) as ReturnType<InstanceHandle["each"]>,
      };
    },
    deleteBatch: (ids) => post("deleteBatch", "", ids) as Promise<object>,
  };
}
