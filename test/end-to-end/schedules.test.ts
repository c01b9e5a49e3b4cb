import { createClient } from "perdure/client";
import { expect, it } from "vitest";
import { join } from "node:path";
import { Child } from "../support/child.ts";
import { freePort } from "../support/free-port.ts";
import { freshFolder } from "../store/support/stores.ts";

const MINUTE_MS = 60_000;

// Invariant 1.
it("makes a scheduled instance once, though the engine is killed again and again around its time", async () => {
  const listen = `127.0.0.1:${await freePort()}`;
  const store = `sqlite:${join(await freshFolder(), "perdure.db")}`;
  const engine = async (): Promise<Child> => {
    const child = Child.node("services/engine/src/main.ts", ["--listen", listen, "--store", store]);
    await child.printed(/engine serves/);
    return child;
  };
  const client = createClient({ engine: `http://${listen}` });
  const first = await engine();
  const { updateTime } = await client.workflows.put("Minutely", { schedules: ["* * * * *"] });
  const dueAt = (Math.floor(Number(updateTime!.seconds) / 60) + 1) * MINUTE_MS;
  await expect.poll(() => Date.now(), { timeout: 2 * MINUTE_MS, interval: 20 }).toBeGreaterThan(dueAt - 1_500);
  await first.kill();
  // Each life ends right after it serves: before, at or after the write of the instance.
  while (Date.now() < dueAt + 1_500) await (await engine()).kill();

  await using last = await engine();
  const made = async () => (await Array.fromAsync(client.instances.list())).map(({ ref }) => ref?.instanceId);
  await expect.poll(made, { timeout: 10_000 }).toContain(`* * * * *-${dueAt}`);
  expect((await made()).filter((id) => id === `* * * * *-${dueAt}`)).toHaveLength(1);
  client.close();
  expect(await last.stop()).toBe(0);
});
