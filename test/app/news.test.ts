import { afterEach, beforeEach, expect, it } from "vitest";
import type { Accepted } from "../../services/engine/src/app/worker-api.ts";
import { AnApp, json, starts, WORKFLOW } from "../support/an-app.ts";
import { settled } from "../support/manual-clock.ts";

let engine: AnApp;
beforeEach(() => {
  engine = new AnApp();
});
afterEach(() => engine.close());

it("brings news that does not fit into one answer with the next, all of it once and in order", async () => {
  const polled = engine.poll("session-a");
  await settled();
  await engine.create("one");
  const [task] = (await polled).tasks;
  if (task === undefined) throw new Error("no task");
  await engine.report("session-a", task.lease, 1, [starts("a", true)]);
  const large = "x".repeat(900_000);
  for (let n = 0; n < 12; n++) {
    const event = { type: "go", payload: json({ n, large }), requestId: null };
    await engine.app.callers.sendEvent({ ...WORKFLOW, id: "one" }, event);
  }

  const seen: number[] = [];
  let seenPosition = 1;
  for (let sequence = 2; seenPosition < 13; sequence++) {
    const answer = (await engine.report("session-a", task.lease, sequence, [], { seenPosition })) as Accepted;
    expect(answer.news.length).toBeLessThan(12);
    seen.push(...answer.news.flatMap((entry) => (entry.kind === "eventAccepted" ? [entry.event] : [])));
    seenPosition = answer.position;
  }
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});
