import { describe, expect, it } from "vitest";
import { type Script, World } from "./support/world.ts";

/** A bit of everything whose outcome does not depend on timing. */
function bitOfEverything(calls: string[]): Script {
  return async (event, step) => {
    const call = (name: string, result: unknown) => async () => {
      calls.push(name);
      return result;
    };
    const first = await step.do("first", call("first", event.payload.n));
    const [left, right, approval] = await Promise.all([
      step.do("left", call("left", new Date(1))),
      step.sleep("nap", 5).then(() => step.do("right", call("right", new Map([[1, 2n]])))),
      step.waitForEvent("approval", { type: "approved" }),
    ]);
    const flaky = await step.do(
      "flaky",
      { retries: { limit: 9, delay: 1, backoff: "constant" } },
      async ({ attempt }) => {
        if (attempt === 1) throw new Error("not at first");
        return "second time";
      },
    );
    const refused = await step
      .do("refused", { retries: { limit: 0, delay: 1 } }, async () => Promise.reject(new TypeError("no")))
      .catch((error: unknown) => error instanceof TypeError);
    return { first, left, right, approved: approval.payload as unknown, flaky, refused };
  };
}

const OUTCOME = {
  status: "complete",
  output: {
    first: 7,
    left: new Date(1),
    right: new Map([[1, 2n]]),
    approved: "yes",
    flaky: "second time",
    refused: true,
  },
};

async function runWithDoom(world: World, doom: { commits: number; delivered: boolean }) {
  const calls: string[] = [];
  await world.create("i", { n: 7 });
  await world.engine.sendEvent("i", "approved", "yes");
  const first = await world.serve(bitOfEverything(calls), { doom });
  const end = world.end();
  const wasCut = await Promise.race([first.whenCut.then(() => true), end.then(() => false)]);
  if (wasCut) {
    world.expireLeases();
    await world.serve(bitOfEverything(calls));
  }
  return { end: await end, calls, wasCut };
}

describe("the outcome of a run", () => {
  it.each([true, false])(
    "is the same when its worker is lost at any commit, with the commit %s delivered",
    async (delivered) => {
      let commits = 0;
      for (let wasCut = true; wasCut; commits += 1) {
        const world = new World();
        const run = await runWithDoom(world, { commits, delivered });
        await world.close();
        expect(run.end).toEqual(OUTCOME);
        wasCut = run.wasCut;
      }
      // There was something to lose.
      expect(commits).toBeGreaterThan(5);
    },
  );
});
