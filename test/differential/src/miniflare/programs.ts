import { setTimeout as delay } from "node:timers/promises";
import type { ObservedError } from "../observation.ts";
import { Crew, type ProgramOutcome } from "../generated/crew.ts";
import type { Producer, ProgramInstance } from "../generated/direct.ts";
import type { Entry, Program } from "../generated/program.ts";
import type { ToldEvent } from "../generated/stage.ts";
import { bundled, COMPATIBILITY, manifestOf } from "./bundle.ts";
import { Miniflare, NoOpLog } from "./installed.ts";
import { RECORDER_MODULE } from "./workers.ts";

/** The local engine tells of a pause before the run has stopped; who resumes it then resumes nothing. */
const PAUSE_MS = 150;

/** Now and then the local engine leaves an instance or its caller waiting for ever: such a program is run in a fresh one. */
const ROUNDS = 3;

/** A subscription that was silent for so long is opened anew: now and then the local engine leaves one without its news. */
const SILENCE_MS = 1_500;

/** Runs programs in one workerd process at a time. */
export async function programsInMiniflare(programs: readonly Program[]): Promise<ReadonlyMap<Program, ProgramOutcome>> {
  const outcomes = new Map<Program, ProgramOutcome>();
  let left = programs;
  for (let round = 0; round < ROUNDS && left.length > 0; round += 1) {
    for (const [program, outcome] of await inOneProcess(left)) outcomes.set(program, outcome);
    left = left.filter((program) => "failed" in outcomes.get(program)!);
  }
  return outcomes;
}

async function inOneProcess(programs: readonly Program[]): Promise<ReadonlyMap<Program, ProgramOutcome>> {
  const crew = new Crew();
  const workflows = await bundled(new URL("../../workflows/generated.ts", import.meta.url));
  const caller = await bundled(new URL("caller.ts", import.meta.url));
  const miniflare = new Miniflare({
    log: new NoOpLog(),
    handleStructuredLogs: () => {},
    workers: [
      worker("caller", caller, {
        WORKFLOW: { type: "workflow", name: "programs", worker: "workflows", exportName: "Generated" },
      }),
      worker("workflows", workflows, { STAGE: { type: "worker", worker: "stage" } }),
      worker("stage", RECORDER_MODULE, { OUTSIDE: { type: "fetcher", handler: receiver(crew) } }),
    ],
  });
  try {
    return await crew.perform(programs, producer(miniflare));
  } finally {
    await miniflare.dispose();
  }
}

const worker = (name: string, contents: string, env: object) => ({
  config: { ...COMPATIBILITY, name, manifest: manifestOf(contents), env },
});

const receiver = (crew: Crew) => async (request: { json(): Promise<unknown> }) => {
  await crew.enter((await request.json()) as Entry);
  return new Response();
};

function producer(miniflare: InstanceType<typeof Miniflare>): Producer {
  return async (program, id) => {
    const post = (call: string, argument?: unknown, signal?: AbortSignal) =>
      miniflare.dispatchFetch("http://caller/", {
        method: "POST",
        body: JSON.stringify({ call, id, argument }),
        ...(signal && { signal }),
      });
    const ask = async (call: string, argument?: unknown): Promise<unknown> => {
      const answer = (await (await post(call, argument)).json()) as
        { readonly value: unknown } | { readonly error: ObservedError };
      if ("error" in answer) throw Object.assign(new Error(answer.error.message), { name: answer.error.name });
      return answer.value;
    };
    const command = (call: string) => async (): Promise<void> => void (await ask(call));
    await ask("create", program);
    return {
      status: () => ask("status") as ReturnType<ProgramInstance["status"]>,
      pause: command("pause"),
      resume: command("resume"),
      terminate: command("terminate"),
      restart: command("restart"),
      sendEvent: async (event) => void (await ask("sendEvent", event)),
      follow: async (tell, signal) => {
        const silent = new AbortController();
        const silence = setTimeout(() => silent.abort(), SILENCE_MS);
        try {
          const { body } = await post("follow", undefined, AbortSignal.any([signal, silent.signal]));
          for await (const line of lines(body!.pipeThrough(new TextDecoderStream()).getReader())) {
            const event = JSON.parse(line) as ToldEvent;
            if (event.type === "workflow_paused") await delay(PAUSE_MS);
            tell(event);
            silence.refresh();
          }
        } finally {
          clearTimeout(silence);
        }
      },
    };
  };
}

async function* lines(reader: ReadableStreamDefaultReader<string>): AsyncGenerator<string> {
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const [first, ...others] = (rest + value).split("\n");
    const complete = [first!, ...others];
    rest = complete.pop()!;
    yield* complete;
  }
}
