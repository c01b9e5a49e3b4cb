import { toldOf } from "../generated/told-of.ts";
import { valueOf } from "../generated/values.ts";
import type { ValueKind } from "../generated/program.ts";

interface Subscription extends Disposable {
  next(): Promise<{ readonly done: boolean; readonly value: object }>;
}

interface Instance {
  readonly id: string;
  subscribe(): Promise<Subscription>;
  sendEvent(event: { readonly type: string; readonly payload: unknown }): Promise<void>;
  readonly [call: string]: unknown;
}

interface Env {
  readonly WORKFLOW: {
    create(options: { readonly id: string; readonly params: unknown }): Promise<Instance>;
    get(id: string): Promise<Instance>;
  };
}

interface Call {
  readonly call: "create" | "status" | "pause" | "resume" | "terminate" | "restart" | "sendEvent" | "follow";
  readonly id: string;
  readonly argument?: unknown;
}

/** Without it the answer is compressed, and arrives in one piece. */
const UNBUFFERED = { headers: { "content-type": "text/event-stream", "content-encoding": "identity" } };

/** Calls the workflow's binding for the process outside, as `CALLER_MODULE` does; `follow` answers events, one a line. */
export default {
  async fetch(request: Request, { WORKFLOW }: Env): Promise<Response> {
    const { call, id, argument } = (await request.json()) as Call;
    try {
      if (call === "create") {
        await WORKFLOW.create({ id, params: argument });
        return Response.json({ value: null });
      }
      const instance = await WORKFLOW.get(id);
      if (call === "follow") return new Response(linesOf(await instance.subscribe()), UNBUFFERED);
      if (call === "sendEvent") {
        const { type, sends } = argument as { readonly type: string; readonly sends: ValueKind };
        await instance.sendEvent({ type, payload: valueOf(sends) });
        return Response.json({ value: null });
      }
      return Response.json({ value: (await (instance[call] as () => Promise<unknown>)()) ?? null });
    } catch (error) {
      const { name, message } = error as Error;
      return Response.json({ error: { name, message } });
    }
  },
};

function linesOf(events: Subscription): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await events.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`${JSON.stringify(toldOf(value))}\n`));
    },
    cancel: () => events[Symbol.dispose](),
  });
}
