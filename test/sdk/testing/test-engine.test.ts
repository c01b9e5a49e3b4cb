import { describe, expect, it } from "vitest";
import { env as boundEnv } from "../../../sdk/typescript/src/cloudflare/workers.ts";
import { createTestEngine, introspectWorkflowInstance } from "../../../sdk/typescript/src/testing.ts";
import type { Workflow } from "../../../sdk/typescript/src/workflow-binding.ts";
import { WorkflowEntrypoint, type WorkflowEvent } from "../../../sdk/typescript/src/workflow.ts";
import type { WorkflowStep } from "../../../sdk/typescript/src/workflow-step.ts";
import { SILENT } from "../worker/support/memory-engine.ts";

interface Env {
  readonly CHILD: Workflow<number>;
  readonly PREFIX: string;
}

class Child extends WorkflowEntrypoint<Env, number> {
  override async run(event: WorkflowEvent<number>, step: WorkflowStep): Promise<string> {
    await step.sleep("think", "1 day");
    return `${this.env.PREFIX}${event.payload}`;
  }
}

class Parent extends WorkflowEntrypoint<Env> {
  override async run(_event: WorkflowEvent, step: WorkflowStep): Promise<string> {
    await step.do("begin", async () => (await this.env.CHILD.create({ id: "child", params: 7 })).id);
    await step.sleep("wait", "2 days");
    return step.do("ask", async () => String((await (await this.env.CHILD.get("child")).status()).output));
  }
}

const OPTIONS = {
  workflows: { parent: Parent, "child-workflow": Child },
  bindings: { CHILD: "child-workflow" },
  env: { PREFIX: "n" },
  log: SILENT,
} as const;

describe("a test engine", () => {
  it("runs workflows that create each other through the bindings of their env", async () => {
    await using engine = await createTestEngine<Env>(OPTIONS);
    const parent = await engine.workflow<unknown, string>("parent").create();

    expect(await parent.result()).toBe("n7");
  });

  it("gives the bindings to the test too, and those are introspected", async () => {
    await using engine = await createTestEngine<Env>(OPTIONS);
    await using child = await introspectWorkflowInstance(engine.env.CHILD, "child");
    await child.modify((m) => m.disableSleeps());
    await (await engine.workflow("parent").create()).waitForEnd();

    expect(await child.getOutput()).toBe("n7");
    expect(engine.workflow("child-workflow")).toBe(engine.env.CHILD);
  });

  it("has every workflow in env under its own name unless bindings are named", async () => {
    await using engine = await createTestEngine({ workflows: [Child], env: { PREFIX: "n" } as object });
    const child = await engine.env["Child"]!.create({ params: 1 });

    expect(await child.result()).toBe("n1");
    expect((boundEnv as { PREFIX?: string }).PREFIX).toBe("n");
  });

  it("lets fakes in env take the place of bindings", async () => {
    const CHILD = {
      create: async () => ({ id: "fake" }),
      get: async () => ({ status: async () => ({ output: "faked" }) }),
    };
    await using engine = await createTestEngine<Env>({ ...OPTIONS, env: { CHILD: CHILD as unknown as Env["CHILD"] } });

    expect(await (await engine.workflow("parent").create()).result()).toBe("faked");
  });

  it("shares nothing with another", async () => {
    await using one = await createTestEngine<Env>({ ...OPTIONS, time: "manual", startAt: 0 });
    await using two = await createTestEngine<Env>({ ...OPTIONS, time: "manual", startAt: 0 });
    await one.env.CHILD.create({ id: "same" });
    await one.advance("1 hour");

    await expect(two.env.CHILD.get("same")).rejects.toThrow("instance.not_found");
    expect([one.now(), two.now()]).toEqual([new Date(3_600_000), new Date(0)]);
  });

  it("keeps instances in the namespace it is given", async () => {
    await using engine = await createTestEngine<Env>({ ...OPTIONS, namespace: "tests" });
    await using child = await introspectWorkflowInstance(engine.env.CHILD, "child");
    await engine.env.CHILD.create({ id: "child", params: 1 });

    await child.waitForStatus("complete");
    await child.dispose();
    await expect(engine.env.CHILD.get("child")).rejects.toThrow("instance.not_found");
  });

  it("refuses a workflow that it does not run", async () => {
    await using engine = await createTestEngine<Env>(OPTIONS);

    expect(() => engine.workflow("other")).toThrow(
      'This test engine runs no workflow "other", only parent, child-workflow',
    );
    await expect(
      createTestEngine({ ...OPTIONS, bindings: { X: "other" } } as object as typeof OPTIONS),
    ).rejects.toThrow("runs no workflow");
    await expect(createTestEngine({ workflows: [] })).rejects.toThrow("A worker serves 1 to 100 workflows, not 0");
  });

  it("lets go of everything when it is closed, callbacks in flight included", async () => {
    const { promise: called, resolve: onCalled } = Promise.withResolvers<void>();
    const { promise: aborted, resolve: onAborted } = Promise.withResolvers<void>();
    class Hanging extends WorkflowEntrypoint {
      override run(_event: WorkflowEvent, step: WorkflowStep): Promise<unknown> {
        return step.do("hang", ({ signal }) => {
          signal.addEventListener("abort", () => onAborted());
          onCalled();
          return new Promise(() => {});
        });
      }
    }
    const engine = await createTestEngine({ workflows: { Hanging } });
    const instance = await introspectWorkflowInstance(engine.workflow("Hanging"), "i");
    await engine.workflow("Hanging").create({ id: "i" });
    await called;
    const advanced = engine.advance("1 hour");
    const waited = instance.waitForStatus("complete").catch((error: Error) => error.message);
    await Promise.all([engine.close(), engine.close()]);

    await advanced;
    await aborted;
    expect(await waited).toContain("this engine was closed");
    await expect(engine.workflow("Hanging").create()).rejects.toThrow("this engine was closed");
  });
});
