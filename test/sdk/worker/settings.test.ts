import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { createClient } from "../../../sdk/typescript/src/client.ts";
import { reasonOf } from "../../../sdk/typescript/src/transport-errors.ts";
import { serve } from "../../../sdk/typescript/src/worker.ts";
import { SILENT } from "./support/memory-engine.ts";
import { workflow, World } from "./support/world.ts";

const script = async () => "done";

describe("settings of a worker's workflows", () => {
  it("are put before it takes work, by an engine that was away too", async () => {
    const world = new World();
    const calls: string[] = [];
    const awayAtFirst: Interceptor = (next) => async (request) => {
      calls.push(request.method.name);
      if (calls.length === 1) throw new ConnectError("away", Code.Unavailable);
      return next(request);
    };
    await world.serve(script, {
      settings: { w: { concurrencyLimit: 2, successRetention: "1 day" } },
      interceptors: [awayAtFirst],
    });
    const { workflows } = createClient({ engine: world.engine.transport() });

    expect(calls.slice(0, 3)).toEqual(["PutWorkflow", "PutWorkflow", "PollTasks"]);
    expect((await workflows.get("w")).settings).toMatchObject({
      concurrencyLimit: 2,
      successRetention: { seconds: 86_400n },
    });
  });

  it("leave what was said alone where there are none", async () => {
    const world = new World();
    const { workflows } = createClient({ engine: world.engine.transport() });
    await workflows.put("w", { stepLimit: 5 });
    await world.serve(script, { settings: new Map() });

    expect((await workflows.get("w")).settings).toMatchObject({ stepLimit: 5 });
  });

  it("end the worker when the engine does not take them", async () => {
    const engine = new World().engine.transport();
    const settings = { w: { schedules: ["never"] } };
    const worker = serve({ engine, workflows: { w: workflow(script) }, settings, log: SILENT });

    expect(await worker.ready.catch(reasonOf)).toBe("INVALID_FIELD");
    await worker.stopped;
  });

  it("are for workflows that it serves, and of the kinds that there are", () => {
    const options = { engine: new World().engine.transport(), workflows: { w: workflow(script) }, log: SILENT };

    expect(() => serve({ ...options, settings: { other: {} } })).toThrow(TypeError);
    expect(() => serve({ ...options, settings: { w: { successRetention: "soon" as "1 day" } } })).toThrow(TypeError);
  });
});
