import { describe, expect, it } from "vitest";
import { createClient } from "../../../sdk/typescript/src/client.ts";
import { reasonOf } from "../../../sdk/typescript/src/transport-errors.ts";
import { World } from "../worker/support/world.ts";

const aClient = () => createClient({ engine: new World().engine.transport() });

describe("workflows, for tools", () => {
  it("are put, shown, replaced and forgotten", async () => {
    const { workflows } = aClient();
    await workflows.put("Greet", {
      stepLimit: 5,
      concurrencyLimit: 2,
      successRetention: "3 days",
      errorRetention: 1_500,
      schedules: ["0 * * * *"],
    });

    expect(await workflows.get("Greet")).toMatchObject({
      namespace: "default",
      name: "Greet",
      settings: {
        stepLimit: 5,
        concurrencyLimit: 2,
        successRetention: { seconds: 259_200n },
        failureRetention: { seconds: 1n, nanos: 500_000_000 },
        schedules: ["0 * * * *"],
      },
      nextSchedules: [{ cron: "0 * * * *" }],
      counts: [],
    });
    const replaced = await workflows.put("Greet", {});
    expect(replaced.settings).toMatchObject({ schedules: [] });
    expect(replaced.settings?.stepLimit).toBeUndefined();
    await workflows.delete("Greet");
    await workflows.delete("Greet");
    expect(await workflows.get("Greet").catch(reasonOf)).toBe("WORKFLOW_NOT_FOUND");
  });

  it("are listed with how many instances they have, over all pages", async () => {
    const client = aClient();
    const names = Array.from({ length: 120 }, (_, n) => `w${String(n).padStart(3, "0")}`);
    for (const name of names) await client.workflows.put(name, {});
    await client.workflow("w007").create();

    const listed = await Array.fromAsync(client.workflows.list());

    expect(listed.map(({ name }) => name)).toEqual(names);
    expect(listed[7]?.counts).toMatchObject([{ count: 1n }]);
  });

  it("refuse what cannot be, and say which field it is", async () => {
    const { workflows } = aClient();

    await expect(workflows.put("Greet", { schedules: ["61 * * * *"] })).rejects.toThrow(
      /settings\.schedules\[0\]: .*61/,
    );
    await expect(workflows.put("Greet", { concurrencyLimit: 0 })).rejects.toThrow(/concurrency_limit/);
    // @ts-expect-error -- what a caller without types may give
    await expect(workflows.put("Greet", { successRetention: "soon" })).rejects.toThrow(
      /successRetention is a duration/,
    );
    expect(await workflows.get("Greet").catch(reasonOf)).toBe("WORKFLOW_NOT_FOUND");
  });
});
