import { describe, expect, it } from "vitest";
import { createClient } from "../../../sdk/typescript/src/client.ts";
import { LOAD_LIMITS } from "../../../services/engine/src/domain/limits.ts";
import { World } from "../worker/support/world.ts";

const clientOf = (creationsPerSecond: number) => {
  const world = new World({ load: { ...LOAD_LIMITS, creationsPerSecond } });
  return createClient({ engine: world.engine.transport() }).workflow("w");
};

describe("a client that creates too much at once", () => {
  it("is told so with a code of its own, and repeats nothing by itself", async () => {
    const workflow = clientOf(1);
    await workflow.create({ id: "a" });

    await expect(workflow.create({ id: "b" })).rejects.toMatchObject({
      name: "WorkflowError",
      code: "workflow.limit_exceeded",
    });
    await expect(workflow.get("b")).rejects.toThrow("instance.not_found");
  });

  it("is told the same of restarts", async () => {
    const instance = await clientOf(1).create({ id: "a" });

    await expect(instance.restart()).rejects.toMatchObject({ code: "workflow.limit_exceeded" });
    expect(await instance.status()).toMatchObject({ status: "queued" });
  });
});
