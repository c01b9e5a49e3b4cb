import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { reading } from "../../examples/data-pipeline/src/readings.ts";
import { summarise } from "../../examples/data-pipeline/src/summary.ts";
import { Demonstration } from "../support/demonstration.ts";

describe("the example data-pipeline", () => {
  const CHUNKS = 1_000;
  const ROWS = 250_000;
  const PROGRESS = / (\d+) of 1000 chunks$/m;

  /** The first rows of the chunks that were read, in order, again those that were read again. */
  const readsOf = async (run: Demonstration) => (await readFile(run.kept("reads.txt"), "utf8")).trimEnd().split("\n");

  const reportOf = async (run: Demonstration): Promise<unknown> => {
    const [, id] = await run.printed(/instance is ([\w-]+)/);
    return JSON.parse(await readFile(run.kept(`reports/${id}.json`), "utf8"));
  };

  const theRightReport = () => summarise(Array.from({ length: ROWS }, (_, row) => reading(row)));

  it("reads each of 1,000 chunks once, and tells how far it is", async () => {
    await using run = await Demonstration.of("data-pipeline");
    await run.printed(/^250000 rows in 1000 chunks, of 8 stations:$/m);
    expect(await run.ended).toBe(0);
    expect(run.output).toMatch(/^█{40} {2}1000 of 1000 chunks$/m);
    expect(await readsOf(run)).toHaveLength(CHUNKS);
    expect(new Set(await readsOf(run)).size).toBe(CHUNKS);
    expect(await reportOf(run)).toEqual(theRightReport());
  });

  it("reads again only what was not reported, when worker, caller and engine are killed in turn", async () => {
    await using run = await Demonstration.of("data-pipeline");
    const [, done] = await run.printed(PROGRESS);
    const [, id] = await run.printed(/instance is ([\w-]+)/);
    await run.kill("worker");
    await run.kill("caller");
    run.startAgain();
    await run.printed(new RegExp(`instance is ${id}, which an earlier start has left`));
    await run.printed(PROGRESS);
    await run.kill("engine");
    await run.printed(/^250000 rows in 1000 chunks, of 8 stations:$/m);
    expect(await run.ended).toBe(0);
    const reads = await readsOf(run);
    expect(new Set(reads).size).toBe(CHUNKS);
    // Each of the three costs at most what was not reported then.
    expect(reads.length).toBeLessThanOrEqual(CHUNKS + 3 * (CHUNKS - Number(done)));
    expect(await reportOf(run)).toEqual(theRightReport());
  });
});

describe("the example ai-chain", () => {
  it("reviews and revises until the score is good enough", async () => {
    await using run = await Demonstration.of("ai-chain");
    await run.printed(/^Score 8 of 10 after 3 reviews\.$/m);
    expect(await run.ended).toBe(0);
    const scores = [...run.output.matchAll(/review \d +complete .*"score":(\d+)/g)].map(([, score]) => Number(score));
    expect(scores).toEqual([3, 5, 8]);
    expect(run.output.match(/write ".*complete/g)).toHaveLength(3);
    expect(run.output).toMatch(/^A word on repairing old chairs, and how to begin\n─+\n\nWhy it is worth it: /m);
  });
});

describe("the example approval", () => {
  it("takes the answer of the first approver, or asks the second when there is none", async () => {
    await using run = await Demonstration.of("approval");
    await run.printed(/^Espresso machine: approved by Ada$/m);
    await run.printed(/^Company yacht: not approved by Grace$/m);
    expect(await run.ended).toBe(0);
    expect(run.output).toMatch(/yacht +answer of Ada +got no event in time$/m);
    expect(run.output).not.toMatch(/espresso +ask Grace/);
  });
});
