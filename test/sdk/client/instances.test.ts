import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { InstanceStatus } from "perdure/proto/perdure/v1/instance_pb";
import { describe, expect, it } from "vitest";
import { createClient } from "../../../sdk/typescript/src/client.ts";
import { World } from "../worker/support/world.ts";

/** Breaks every stream after its first message. */
const breaksStreams: Interceptor = (next) => async (request) => {
  const response = await next(request);
  if (!response.stream) return response;
  const { message } = response;
  return {
    ...response,
    message: (async function* () {
      for await (const word of message) {
        yield word;
        throw new ConnectError("http/2 stream closed with error code CANCEL (0x8)", Code.Canceled);
      }
    })(),
  };
};

describe("instances, for tools", () => {
  it("are listed over all pages, newest first, by what is asked for", async () => {
    const world = new World();
    const client = createClient({ engine: world.engine.transport() });
    for (let i = 0; i < 120; i += 1) await client.workflow(i % 2 === 0 ? "even" : "odd").create({ id: `i${i}` });
    const all = await Array.fromAsync(client.instances.list());
    const odd = await Array.fromAsync(client.instances.list({ workflow: "odd", statuses: [InstanceStatus.QUEUED] }));

    expect(all).toHaveLength(120);
    expect(odd.map(({ ref }) => ref?.workflow)).toEqual(Array.from({ length: 60 }, () => "odd"));
    const none = client.instances.list({ createdBefore: new Date(0) });
    expect(await Array.fromAsync(none)).toEqual([]);
  });

  it("show their journal record by record", async () => {
    const world = new World();
    await world.serve(async (_event, step) => {
      for (let i = 0; i < 150; i += 1) await step.do("a", async () => i);
    });
    await world.run();
    const { instances } = createClient({ engine: world.engine.transport() });
    const records = await Array.fromAsync(instances.journal("w", "i"));

    expect(records.map(({ position }) => position)).toEqual(records.map((_, index) => index + 1));
    expect(records.length).toBeGreaterThanOrEqual(150);
    expect((await instances.get("w", "i")).status).toBe(InstanceStatus.COMPLETE);
  });

  it("can be watched to their end over broken connections, each record once", async () => {
    const world = new World();
    const { instances } = createClient({ engine: world.engine.transport(breaksStreams) });
    await world.serve(async (_event, step) => {
      for (let i = 0; i < 5; i += 1) await step.do("a", async () => i);
    });
    await world.create();
    const words = await Array.fromAsync(instances.watch("w", "i"));

    expect(words.map(({ record }) => record?.position)).toEqual(words.map((_, index) => index + 1));
    expect(words.at(-1)?.status).toBe(InstanceStatus.COMPLETE);
  });
});
