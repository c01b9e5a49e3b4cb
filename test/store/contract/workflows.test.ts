import { describe, expect, it } from "vitest";
import { aName, aWorkflow, created, GREET, leasedBy, NOW } from "../support/nouns.ts";
import { LASTING_STORES, openAgain, openFresh, STORES } from "../support/stores.ts";

const FULL = aWorkflow("greet", {
  stepLimit: 20,
  concurrencyLimit: 3,
  retention: { successMs: 1_500.5, failureMs: null },
  schedules: [
    { cron: "*/5 * * * *", madeUntil: NOW },
    { cron: "0 12 * * MON", madeUntil: NOW + 60_000 },
  ],
});

describe.each(STORES)("the workflows in a store of $kind", (kind) => {
  it("are given back as they were put", async () => {
    const { store, written } = await openFresh(kind);

    expect(await store.putWorkflow(FULL, null)).toBe("put");
    expect(await store.putWorkflow(aWorkflow("bare"), null)).toBe("put");

    expect(await store.workflow(GREET)).toEqual(FULL);
    expect(await store.workflow({ ...GREET, workflow: "bare" })).toEqual(aWorkflow("bare"));
    expect(await store.workflow({ ...GREET, namespace: "other" })).toBeUndefined();
    expect(written.workflows).toBe(2);
  });

  it("are replaced by whoever read the newest revision only", async () => {
    const { store } = await openFresh(kind);
    await store.putWorkflow(FULL, null);
    const next = aWorkflow("greet", { revision: "r2" });

    expect(await store.putWorkflow(aWorkflow("greet", { revision: "rx" }), null)).toBe("conflict");
    expect(await store.putWorkflow(aWorkflow("greet", { revision: "rx" }), "r0")).toBe("conflict");
    expect(await store.putWorkflow(next, "r1")).toBe("put");
    expect(await store.putWorkflow(aWorkflow("greet", { revision: "rx" }), "r1")).toBe("conflict");
    expect(await store.workflow(GREET)).toEqual(next);
    expect(await store.putWorkflow(aWorkflow("none", { revision: "r2" }), "r1")).toBe("conflict");
  });

  it("are paged through by namespace and name", async () => {
    const { store } = await openFresh(kind);
    const names = ["b/x", "a/z", "a/y", "b/a"];
    for (const text of names) {
      const [namespace = "", workflow = ""] = text.split("/");
      await store.putWorkflow(aWorkflow(workflow, { name: { namespace, workflow } }), null);
    }

    const first = await store.workflows(null, 3);
    const rest = await store.workflows(first[2]!.name, 3);

    const texts = [...first, ...rest].map(({ name }) => `${name.namespace}/${name.workflow}`);
    expect(texts).toEqual(["a/y", "a/z", "b/a", "b/x"]);
  });

  it("are forgotten when deleted, and can be put anew", async () => {
    const { store } = await openFresh(kind);
    await store.putWorkflow(FULL, null);

    await store.deleteWorkflow(GREET);
    await store.deleteWorkflow(GREET);

    expect(await store.workflow(GREET)).toBeUndefined();
    expect(await store.putWorkflow(FULL, null)).toBe("put");
  });

  it("are known by their instances too, which are counted by status", async () => {
    const { store } = await openFresh(kind);
    await created(store, aName("1"));
    await created(store, aName("2"));
    await created(store, aName("3"), {}, leasedBy("session-1"));
    await created(store, aName("4", "bye"));
    await created(store, aName("5", "elsewhere", "other"));

    expect(await store.workflowsWithInstances("default", "", 10)).toEqual(["bye", "greet"]);
    expect(await store.workflowsWithInstances("default", "bye", 10)).toEqual(["greet"]);
    expect(await store.workflowsWithInstances("default", "", 1)).toEqual(["bye"]);
    expect(await store.countByStatus(GREET)).toEqual(
      new Map([
        ["queued", 2],
        ["running", 1],
      ]),
    );
    expect(await store.countByStatus({ ...GREET, workflow: "none" })).toEqual(new Map());
  });

  it("have instances whose id has what a cron expression has", async () => {
    const { store } = await openFresh(kind);
    const name = aName("*/5 * * * MON#1-1700000000000");
    await created(store, name);

    const [ready] = await store.ready({ namespace: "default", workflows: ["greet"], until: NOW, limit: 1 });

    expect(ready?.name).toEqual(name);
    expect((await store.head(name))?.birth.name).toEqual(name);
  });
});

describe.each(LASTING_STORES)("the workflows in a store of $kind that is opened again", (kind) => {
  it("are there", async () => {
    const { store, url } = await openFresh(kind);
    await store.putWorkflow(FULL, null);
    await store.close();

    expect(await (await openAgain(url)).store.workflow(GREET)).toEqual(FULL);
  });
});
