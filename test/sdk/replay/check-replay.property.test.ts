import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkReplay, exportJournal } from "perdure/replay";
import { EVENT_TYPES, execute, type Program, programs, waitsIn } from "../worker/support/program.ts";
import { type Script, workflow, World } from "../worker/support/world.ts";

const RUNS = { numRuns: 100, timeout: 10_000, endOnFailure: true };

const executing =
  (program: Program): Script =>
  (_event, step) =>
    execute(program, step, [], () => {});

/** Another program with the same steps, but for one more at its end. */
const longer = (program: Program): Program => ({
  kind: "sequence",
  parts: [program, { kind: "do", name: "one more", turns: 0, failures: 0 }],
});

describe("any program", () => {
  it("has no difference from its own journal, cut off anywhere, and one when it goes on longer", async () => {
    const world = new World();
    let programNow: Program = { kind: "sequence", parts: [] };
    await world.serve((event, step) => executing(programNow).call({ env: {} }, event, step));
    let count = 0;

    await fc.assert(
      fc.asyncProperty(programs, fc.nat(), async (program, cut) => {
        programNow = program;
        count += 1;
        const id = `p${count}`;
        await world.create(id);
        for (let n = 0; n < waitsIn(program); n += 1) {
          for (const type of EVENT_TYPES) await world.engine.sendEvent(id, type, n);
        }
        const { status } = await world.end(id);
        const instance = await world.engine.get(id);
        const records = await world.engine.journal(id);
        const journal = (upTo: number): unknown =>
          exportJournal({ instance, run: 1, params: instance.params, records: records.slice(0, upTo) });
        const differences = async (code: Program, upTo: number) =>
          (await checkReplay(workflow(executing(code)), journal(upTo), { patienceMs: 0 })).differences;

        expect(await differences(program, records.length)).toEqual([]);
        expect(await differences(program, cut % records.length)).toEqual([]);
        if (status !== "complete") return;
        const step = expect.objectContaining({ name: "one more" });
        const added = expect.objectContaining({ kind: "added", step });
        expect(await differences(longer(program), records.length)).toContainEqual(added);
      }),
      RUNS,
    );
  }, 60_000);
});
