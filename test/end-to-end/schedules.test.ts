import { createClient } from "perdure/client";
import { expect, it } from "vitest";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Child } from "../support/child.ts";
import { freePort } from "../support/free-port.ts";
import { freshFolder } from "../store/support/stores.ts";

const MINUTE_MS = 60_000;

/** The lives of an engine lie so long before and after the time. */
const AROUND_MS = 1_500;

// Invariant 1.
it("makes a scheduled instance once, though the engine is killed again and again around its time", async () => {
  const listen = `127.0.0.1:${await freePort()}`;
  const store = `sqlite:${join(await freshFolder(), "perdure.db")}`;
  // The machine's minute need not pass: engines that are started later live at a later time.
  const shifted = pathToFileURL("test/end-to-end/fixtures/shifted-time.ts").href;
  let shiftMs = 0;
  const engine = async (): Promise<Child> => {
    const env = { NODE_OPTIONS: `--import ${shifted}`, SHIFT_MS: String(shiftMs) };
    const child = Child.node("services/engine/src/main.ts", ["--listen", listen, "--store", store], env);
    await child.printed(/engine serves/);
    return child;
  };
  const client = createClient({ engine: `http://${listen}` });
  const first = await engine();
  const { updateTime } = await client.workflows.put("Minutely", { schedules: ["* * * * *"] });
  const dueAt = (Math.floor(Number(updateTime!.seconds) / 60) + 1) * MINUTE_MS;
  await first.kill();
  shiftMs = Math.max(0, dueAt - AROUND_MS - Date.now());
  // Each life ends right after it serves: before, at or after the write of the instance.
  do await (await engine()).kill();
  while (Date.now() + shiftMs < dueAt + AROUND_MS);

  await using last = await engine();
  const made = async () => (await Array.fromAsync(client.instances.list())).map(({ ref }) => ref?.instanceId);
  await expect.poll(made).toContain(`* * * * *-${dueAt}`);
  expect((await made()).filter((id) => id === `* * * * *-${dueAt}`)).toHaveLength(1);
  client.close();
  expect(await last.stop()).toBe(0);
});
