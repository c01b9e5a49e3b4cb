import { connect } from "node:http2";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { onTestFinished, beforeAll, afterAll, describe, expect, it } from "vitest";
import { startEngine, type RunningEngine } from "../../services/engine/src/engine.ts";
import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "../../sdk/typescript/src/index.ts";
import { serve, type Worker } from "../../sdk/typescript/src/worker.ts";
import { LOAD_LIMITS } from "../../services/engine/src/domain/limits.ts";
import { anEngine, SILENT } from "./support/an-engine.ts";

class Order extends WorkflowEntrypoint {
  override async run(event: WorkflowEvent<{ fail?: boolean; wait?: boolean }>, step: WorkflowStep) {
    await step.do(
      "reserve",
      { retries: { limit: 1, delay: 0 } },
      async (ctx) => {
        if (ctx.attempt === 1) throw new TypeError("not yet");
        return { items: 2 };
      },
      { rollback: async () => {} },
    );
    await step.do("key", { sensitive: "output" }, async () => "secret");
    await step.do("label", async () => new Response("a long label").body!);
    await step.sleep("rest", 1);
    if (event.payload.fail === true) throw new RangeError("no more");
    if (event.payload.wait === true) await step.waitForEvent("approval", { type: "approved", timeout: "1 hour" });
    return { done: true };
  }
}

let engine: RunningEngine;
let worker: Worker;
beforeAll(async () => {
  engine = await startEngine({ store: "memory:", port: 0, drainGraceMs: 1_000 }, SILENT);
  worker = serve({ engine: engine.url, workflows: [Order], log: SILENT, graceMs: 0 });
  await worker.ready;
});
afterAll(async () => {
  await worker.stop();
  await engine.close();
});

interface Answer {
  readonly http: number;
  readonly success: boolean;
  readonly errors: readonly { readonly code: number; readonly message: string }[];
  // oxlint-disable-next-line typescript/no-explicit-any -- what tests look at
  readonly result: any;
  readonly result_info?: Readonly<Record<string, number | string>>;
}

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${engine.url}/client/v4/accounts/default/workflows${path}`, {
    method,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { http: response.status, ...((await response.json()) as Omit<Answer, "http">) };
}

async function until(id: string, status: string): Promise<Answer["result"]> {
  for (;;) {
    const { result } = await call("GET", `/Order/instances/${id}`);
    if (result.status === status) return result;
    if (["complete", "errored", "terminated"].includes(result.status)) throw new Error(`${id} is ${result.status}`);
  }
}

/** Its sleeps are waits of its own too. */
async function untilItWaits(id: string): Promise<void> {
  for (;;) {
    const { result } = await call("GET", `/Order/instances/${id}`);
    if (result.status === "waiting" && result.steps.at(-1).type === "waitForEvent") return;
  }
}

describe("the REST interface", () => {
  it("creates an instance from JSON text, tells all of it, and keeps what is sensitive", async () => {
    const params = JSON.stringify({ wait: false });
    const created = await call("POST", "/Order/instances", { instance_id: "one", params });
    const detail = await until("one", "complete");

    expect(created).toMatchObject({
      http: 200,
      success: true,
      errors: [],
      result: { id: "one", version_id: "current" },
    });
    expect(detail).toMatchObject({
      params: { wait: false },
      success: true,
      output: { done: true },
      error: null,
      rollback: null,
      trigger: { source: "api" },
      step_count: 3,
      steps: [
        {
          type: "step",
          name: "reserve-1",
          success: true,
          output: '{"items":2}',
          config: { retries: { limit: 1, delay: 0, backoff: "exponential" }, timeout: 600_000 },
          attempts: [
            { success: false, error: { name: "TypeError", message: "not yet" } },
            { success: true, error: null },
          ],
        },
        { name: "key-1", output: '"[REDACTED]"', config: { sensitive: "output" } },
        { name: "label-1", output: '"a long label"' },
        { type: "sleep", name: "rest-1", finished: true, error: null },
      ],
    });
    expect(JSON.stringify(detail)).not.toContain("secret");
    expect((await call("GET", "/Order/instances/one?simple=true")).result.steps).toEqual([]);
    expect((await call("GET", "/Order/instances/one?order=desc")).result.steps[0].name).toBe("rest-1");
  });

  it("gives the output of a step, and of a stream its bytes", async () => {
    await call("POST", "/Order/instances", { instance_id: "outputs" });
    await until("outputs", "complete");
    const step = (query: string) => call("GET", `/Order/instances/outputs/step?${query}`);
    const label = await fetch(
      `${engine.url}/client/v4/accounts/default/workflows/Order/instances/outputs/step?name=label-1&type=step`,
    );

    expect((await step("name=reserve-1&type=step")).result).toEqual({
      status: "complete",
      error: null,
      output: { items: 2 },
    });
    expect((await step("name=reserve-1&attempt=1")).result).toMatchObject({
      status: "errored",
      error: { message: "not yet" },
    });
    expect(await label.text()).toBe("a long label");
    expect(await step("name=nothing-1")).toMatchObject({ http: 404, success: false });
    expect(await step("name=reserve-1&attempt=9")).toMatchObject({ http: 400, success: false });
  });

  it("steers an instance: events, pause, resume, restart, terminate with rollback, delete", async () => {
    await call("POST", "/Order/instances", { instance_id: "two", params: '{"wait":true}' });
    await untilItWaits("two");
    expect((await call("PATCH", "/Order/instances/two/status", { status: "pause" })).result.status).toBe("paused");
    expect((await call("PATCH", "/Order/instances/two/status", { action: "resume" })).success).toBe(true);
    await untilItWaits("two");
    expect((await call("POST", "/Order/instances/two/events/approved", { by: "Ada" })).result.instanceId).toBe("two");
    const { steps } = await until("two", "complete");
    expect(steps.at(-1)).toMatchObject({
      type: "waitForEvent",
      event_type: "approved",
      output: '{"by":"Ada"}',
      finished: true,
    });

    await call("PATCH", "/Order/instances/two/status", {
      status: "restart",
      from: { name: "approval", type: "waitForEvent" },
    });
    await untilItWaits("two");
    await call("PATCH", "/Order/instances/two/status", { status: "terminate", rollback: true });
    const ended = await until("two", "terminated");
    expect(ended).toMatchObject({ success: false, rollback: { outcome: "complete", error: null } });
    expect(ended.steps.map(({ type, name }: { type: string; name?: string }) => `${type} ${name ?? ""}`)).toContain(
      "rollback reserve-1",
    );
    expect(await call("PATCH", "/Order/instances/two/status", { status: "terminate" })).toMatchObject({ http: 409 });
    expect(await call("DELETE", "/Order/instances/two")).toMatchObject({ http: 200 });
    expect(await call("GET", "/Order/instances/two")).toMatchObject({ http: 404, errors: [{ code: 10_400 }] });
  });

  it("creates and deletes in batches, and lists by status and page", async () => {
    const entries = ["b1", "b2", "b3"].map((instance_id) => ({ instance_id, params: '{"fail":true}' }));
    const made = await call("POST", "/Order/instances/batch", entries);
    await Promise.all(entries.map(({ instance_id }) => until(instance_id, "errored")));
    const first = await call("GET", "/Order/instances?status=errored&per_page=2");
    const second = await call(
      "GET",
      `/Order/instances?status=errored&per_page=2&cursor=${first.result_info!["cursor"]}`,
    );
    const byPage = await call("GET", "/Order/instances?status=errored&per_page=2&page=2");

    expect(made.result.map(({ id }: { id: string }) => id)).toEqual(["b1", "b2", "b3"]);
    expect([...first.result, ...second.result].map(({ id }: { id: string }) => id).toSorted()).toEqual([
      "b1",
      "b2",
      "b3",
    ]);
    expect(byPage.result).toEqual(second.result);
    expect((await call("GET", "/Order/instances/b1")).result).toMatchObject({
      error: { name: "RangeError", message: "no more" },
      rollback: { outcome: "complete" },
    });
    const gone = await call("POST", "/Order/instances/batch/delete", { instances: ["b1", "b2", "nobody"] });
    expect(gone.result).toMatchObject({
      deleted: [{ id: "b1" }, { id: "b2" }],
      errors: [{ id: "nobody", code: 10_400 }],
    });
  });

  it("says how a workflow is run, and how many instances it has", async () => {
    const body = { limits: { steps: 50 }, concurrency: { limit: 7 }, schedules: [{ cron: "0 3 * * *" }] };
    const put = await call("PUT", "/Nightly", body);
    const list = await call("GET", "?search=night");

    expect(put.result).toMatchObject({
      name: "Nightly",
      schedules: [{ cron: "0 3 * * *", next_instance: expect.any(String) }],
    });
    expect(list).toMatchObject({ result: [{ name: "Nightly" }], result_info: { total_count: 1 } });
    expect((await call("GET", "/Order")).result.instances).toMatchObject({ complete: expect.any(Number) });
    expect((await call("GET", "/Nightly/versions")).result).toMatchObject([{ id: "current", limits: { steps: 50 } }]);
    expect(await call("DELETE", "/Nightly")).toMatchObject({ result: { status: "ok" } });
    expect(await call("GET", "/Nightly")).toMatchObject({ http: 404 });
    expect(await call("PUT", "/Nightly", { schedules: [{ cron: "every day" }] })).toMatchObject({ http: 400 });
  });

  it("streams events until the end, from a cursor on", async () => {
    await call("POST", "/Order/instances", { instance_id: "followed" });
    const path = "/client/v4/accounts/default/workflows/Order/instances/followed/subscribe?cursor=2";
    const response = await fetch(engine.url + path);
    const lines = (await response.text()).split("\n");

    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(lines.filter((line) => line.startsWith("id: "))[0]).toBe("id: 3");
    expect(lines.findLast((line) => line.startsWith("event: "))).toBe("event: workflow_completed");
  });

  it.each([
    ["an id that is taken", () => call("POST", "/Order/instances", { instance_id: "taken" }), 409, 10_405],
    ["an id that cannot be", () => call("POST", "/Order/instances", { instance_id: "a b" }), 400, 10_001],
    ["params that are no JSON", () => call("POST", "/Order/instances", { params: "{" }), 400, 10_001],
    ["an action that is none", () => call("PATCH", "/Order/instances/taken/status", { status: "fly" }), 400, 10_001],
    ["a status that is none", () => call("GET", "/Order/instances?status=bogus"), 400, 10_001],
    ["a page that is none", () => call("GET", "/Order/instances?page=0"), 400, 10_001],
    ["a path that is none", () => call("GET", "/Order/instances/taken/soup"), 404, 10_501],
    ["an instance that is not there", () => call("GET", "/Order/instances/nobody"), 404, 10_400],
  ])("refuses %s in its envelope", async (_what, ask, http, code) => {
    await call("POST", "/Order/instances", { instance_id: "taken" });

    expect(await ask()).toMatchObject({
      http,
      success: false,
      result: null,
      errors: [{ code, message: expect.any(String) }],
    });
  });

  it("does not let pages of other sites change anything", async () => {
    const foreign = { origin: "https://elsewhere.example" };
    const path = `${engine.url}/client/v4/accounts/default/workflows/Order/instances`;
    const form = await fetch(path, {
      method: "POST",
      body: "instance_id=x",
      headers: { "content-type": "text/plain" },
    });

    expect((await fetch(path, { method: "POST", headers: foreign })).status).toBe(403);
    expect(form.status).toBe(400);
    expect(
      (await fetch(path, { method: "GET", headers: foreign })).headers.get("access-control-allow-origin"),
    ).toBeNull();
  });

  it("answers over HTTP/2 too", async () => {
    const session = connect(engine.url);
    onTestFinished(() => session.close());
    const stream = session.request({ ":path": "/client/v4/accounts/default/workflows" });
    const [headers] = (await once(stream, "response")) as [Record<string, unknown>];

    expect(headers[":status"]).toBe(200);
    expect(JSON.parse(await text(stream))).toMatchObject({ success: true });
  });
});

describe("the REST interface of an engine that is asked for too much", () => {
  it("answers 429", async () => {
    const { url } = await anEngine({ load: { ...LOAD_LIMITS, queuedMax: 1 } });
    const create = () =>
      fetch(`${url}/client/v4/accounts/default/workflows/Order/instances`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
      });
    const first = await create();
    const second = await create();

    expect([first.status, second.status]).toEqual([200, 429]);
    expect(await second.json()).toMatchObject({ success: false, errors: [{ code: 10_429 }], result: null });
  });
});
