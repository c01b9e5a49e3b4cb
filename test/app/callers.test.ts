import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Task } from "../../services/engine/src/app/worker-api.ts";
import { AnApp, aNewInstance, completes, ENDS, json, starts, WORKFLOW } from "../support/an-app.ts";
import { settled } from "../support/manual-clock.ts";

const ONE = { ...WORKFLOW, id: "one" };
const STAY = new AbortController().signal;

let engine: AnApp;
beforeEach(() => {
  engine = new AnApp();
});
afterEach(() => engine.close());

async function leased(id = "one"): Promise<Task> {
  const polled = engine.poll("session-a");
  await settled();
  await engine.create(id);
  const [task] = (await polled).tasks;
  if (task === undefined) throw new Error("no task");
  return task;
}

describe("creating", () => {
  it("refuses a known id, unless the same request is repeated", async () => {
    const first = await engine.create("one", {}, "request-1");
    expect((await engine.create("one", {}, "request-1")).uid).toBe(first.uid);
    await expect(engine.create("one", {}, "request-2")).rejects.toMatchObject({ reason: "INSTANCE_EXISTS" });
    await expect(engine.create("one")).rejects.toMatchObject({ reason: "INSTANCE_EXISTS" });
  });

  it("makes ids where none is given, and answers a batch one by one", async () => {
    await engine.create("taken");
    const results = await engine.app.callers.createMany(
      WORKFLOW,
      [aNewInstance(null), aNewInstance("taken"), aNewInstance("free")],
      null,
    );
    expect(results).toMatchObject([
      { name: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) } },
      { reason: "INSTANCE_EXISTS" },
      { name: { id: "free" } },
    ]);
  });

  it("refuses params above 1 MiB", async () => {
    const params = json("x".repeat(1_048_576));
    await expect(engine.create("one", { params })).rejects.toMatchObject({ reason: "LIMIT_EXCEEDED" });
    await expect(engine.status("one")).rejects.toMatchObject({ reason: "INSTANCE_NOT_FOUND" });
  });
});

describe("waiting for the end", () => {
  it("returns at the end, with the output", async () => {
    const task = await leased();
    const waited = engine.app.callers.waitForEnd(ONE, 20_000, STAY);
    await settled();
    await engine.report("session-a", task.lease, 1, [starts("a", true), completes("a"), ENDS]);
    expect(await waited).toMatchObject({ index: { status: "complete" }, output: json("done"), failure: null });
  });

  it("returns what there is when the time is over, or the caller has gone", async () => {
    await leased();
    const waited = engine.app.callers.waitForEnd(ONE, 20_000, STAY);
    await engine.clock.advance(20_000);
    expect(await waited).toMatchObject({ index: { status: "running" }, output: null });
    const caller = new AbortController();
    const left = engine.app.callers.waitForEnd(ONE, 20_000, caller.signal);
    await settled();
    caller.abort();
    expect(await left).toMatchObject({ index: { status: "running" } });
  });

  it("returns the failure of an errored instance", async () => {
    const task = await leased();
    const failure = { name: "TypeError", message: "no", stack: null, details: null };
    await engine.report("session-a", task.lease, 1, [{ kind: "failInstance", failure }]);
    expect(await engine.app.callers.waitForEnd(ONE, 0, STAY)).toMatchObject({ index: { status: "errored" }, failure });
  });
});

describe("watching", () => {
  it("gives what there is, then what comes, and ends with the run", async () => {
    const task = await leased();
    await engine.report("session-a", task.lease, 1, [starts("a", true), completes("a"), starts("b")]);
    const seen: [number, string][] = [];
    const watched = (async () => {
      for await (const { record, status } of engine.app.callers.watch(ONE, { position: 0, run: 1 }, STAY))
        seen.push([record.position, status]);
    })();
    await settled();
    expect(seen).toEqual([[1, "running"]]);
    await engine.report("session-a", task.lease, 2, [completes("b"), ENDS]);
    await watched;
    expect(seen).toEqual([
      [1, "running"],
      [2, "complete"],
    ]);
  });

  it("begins with the first record when the run it goes on with was restarted", async () => {
    const task = await leased();
    await engine.report("session-a", task.lease, 1, [starts("a", true), completes("a"), ENDS]);
    await engine.app.callers.command(ONE, "restart");
    await engine.app.callers.command(ONE, "terminate");
    const seen: [number, number][] = [];
    for await (const { run, record } of engine.app.callers.watch(ONE, { position: 1, run: 1 }, STAY)) {
      seen.push([run, record.position]);
    }
    expect(seen).toEqual([[2, 1]]);
  });

  it("starts after a position, and ends when its caller goes", async () => {
    const task = await leased();
    for (const [sequence, name] of ["a", "b", "c"].entries()) {
      await engine.report("session-a", task.lease, sequence + 1, [starts(name, true)]);
    }
    const caller = new AbortController();
    const seen: number[] = [];
    const watched = (async () => {
      for await (const { record } of engine.app.callers.watch(ONE, { position: 2, run: null }, caller.signal))
        seen.push(record.position);
    })();
    await settled();
    caller.abort();
    await watched;
    expect(seen).toEqual([3]);
  });
});

describe("commands", () => {
  it("end an instance for its worker too", async () => {
    const task = await leased();
    const polled = engine.poll("session-a");
    await settled();
    expect((await engine.app.callers.command(ONE, "terminate")).index.status).toBe("terminated");
    expect(await polled).toEqual({ tasks: [], notices: [{ lease: task.lease, leaseLost: true }] });
    expect(await engine.report("session-a", task.lease, 1, [ENDS])).toMatchObject({ reason: "LEASE_LOST" });
    await expect(engine.app.callers.command(ONE, "terminate")).rejects.toMatchObject({ reason: "INVALID_TRANSITION" });
  });

  it("start an instance anew, with the same params and an empty journal", async () => {
    const task = await leased();
    await engine.report("session-a", task.lease, 1, [starts("a", true), completes("a"), ENDS]);
    const polled = engine.poll("session-a");
    await settled();
    expect((await engine.app.callers.command(ONE, "restart")).index).toMatchObject({ run: 2, status: "queued" });
    const { tasks } = await polled;
    expect(tasks).toMatchObject([{ lease: { run: 2, epoch: 1 }, params: json({}), afterPosition: 0 }]);
    expect(await engine.app.callers.get(ONE)).toMatchObject({ index: { run: 2, status: "running" }, output: null });
  });
});

describe("a finished instance", () => {
  it("is purged when its time of keeping is over, and its id is free again", async () => {
    const task = await leased();
    await engine.report("session-a", task.lease, 1, [starts("a", true), completes("a"), ENDS]);
    await engine.clock.advance(3_590_000);
    expect(await engine.status("one")).toBe("complete");
    await engine.clock.advance(60_000);
    await expect(engine.status("one")).rejects.toMatchObject({ reason: "INSTANCE_NOT_FOUND" });
    const again = await engine.create("one");
    expect(again.index).toMatchObject({ run: 1, position: 0 });
    expect((await engine.app.callers.journal(ONE, 0, 10)).records).toEqual([]);
  });
});

describe("a replica that drains", () => {
  it("answers what waits, and refuses what is new", async () => {
    const polled = engine.poll("session-a");
    await settled();
    engine.app.drain();
    expect(await polled).toEqual({ tasks: [], notices: [] });
    await expect(engine.poll("session-a")).rejects.toMatchObject({ reason: "SHUTTING_DOWN" });
    await expect(engine.create("one")).rejects.toMatchObject({ reason: "SHUTTING_DOWN" });
  });
});
