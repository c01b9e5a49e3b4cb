import { readFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { Demonstration } from "../support/demonstration.ts";

/** Subjects of the mails sent to somebody, in order. */
async function mailsTo(run: Demonstration, name: string): Promise<readonly string[]> {
  const lines = (await readFile(run.kept("outbox.jsonl"), "utf8")).trimEnd().split("\n");
  const mails = lines.map((line) => JSON.parse(line) as { readonly to: string; readonly subject: string });
  return mails.filter(({ to }) => to === `${name}@example.com`).map(({ subject }) => subject);
}

/** The rows of a query on the shop's own book. */
function shop(run: Demonstration, query: string): readonly Record<string, unknown>[] {
  using db = new DatabaseSync(run.kept("shop.db"), { readOnly: true });
  const rows = db.prepare(query).all();
  return rows.map((row) => ({ ...row }));
}

describe("the example order-processing", () => {
  async function expectOneOfEach(run: Demonstration): Promise<void> {
    await run.printed(/^Order tea-set: 90\.00 € paid, parcel PX-\w+ is on its way\.$/m);
    await run.printed(/^Order too-heavy: not shipped, the parcel is too heavy\. The money and the pieces are back\.$/m);
    expect(run.output).toMatch(/undo charge card +complete[^]*undo reserve stock +complete/);
    await run.printed(/^Order bad-card: not paid, the card was declined\. Its pieces are back on the shelf\.$/m);
    expect(await run.ended).toBe(0);
    expect(shop(run, "SELECT cents, refunded FROM charge ORDER BY cents")).toEqual([
      { cents: 9_000, refunded: 0 },
      { cents: 51_000, refunded: 51_000 },
    ]);
    expect(shop(run, "SELECT count(*) AS parcels FROM parcel")).toEqual([{ parcels: 1 }]);
    expect(shop(run, "SELECT article, pieces FROM shelf ORDER BY article")).toEqual([
      { article: "cup", pieces: 594 },
      { article: "teapot", pieces: 99 },
    ]);
    expect(await mailsTo(run, "ada")).toEqual([expect.stringMatching(/^On its way to you: PX-/)]);
    expect(await mailsTo(run, "bob")).toEqual(["Not paid: the card was declined"]);
  }

  /** How often the charge of each order was asked for. */
  const requests = (run: Demonstration) =>
    shop(run, "SELECT count(*) AS n FROM request GROUP BY idempotency_key ORDER BY idempotency_key DESC");

  it("ships one order after the wait that the gateway asked for, undoes one that is too heavy, and gives up at once on the last", async () => {
    await using run = await Demonstration.of("order-processing");
    await expectOneOfEach(run);
    expect(run.output).toMatch(/charge card +attempt 1 failed: GatewayBusy: .*; next attempt in 600 ms$/m);
    expect(run.output).toMatch(/charge card +attempt 1 failed: NonRetryableError: .*; no attempt is left$/m);
    expect(requests(run)).toEqual([{ n: 2 }, { n: 2 }, { n: 1 }]);
  });

  it("charges once when the worker is killed and the answer of the gateway is lost", async () => {
    await using run = await Demonstration.of("order-processing");
    await run.printed(/attempt 1 failed: GatewayBusy/);
    // The gateway has the money now, and has not said so.
    await expect.poll(() => shop(run, "SELECT * FROM charge"), { timeout: 30_000, interval: 20 }).toHaveLength(1);
    await run.kill("worker");
    await expectOneOfEach(run);
    const [, attempts] = await run.printed(/charge card +complete at attempt (\d+) /);
    expect(requests(run)).toEqual([{ n: 2 }, { n: Number(attempts) }, { n: 1 }]);
  });
});

describe("the example onboarding", () => {
  it("gives the paid plan to who upgrades before the trial is over, and the free one to who does not", async () => {
    await using run = await Demonstration.of("onboarding");
    await run.printed(/^Ada is on the plan "Pro"\.$/m);
    await run.printed(/^Bob is on the plan "free"\.$/m);
    expect(await run.ended).toBe(0);
    expect(await mailsTo(run, "ada")).toEqual(["Welcome, Ada!", "Thank you for choosing Pro"]);
    expect(await mailsTo(run, "bob")).toEqual([
      "Welcome, Bob!",
      "May we show you around?",
      "Half of your trial is left",
      "Two days to go",
      "Your trial is over. Your data stays.",
    ]);
    expect(await readFile(run.kept("plans/Ada"), "utf8")).toBe("Pro");
    expect(await readFile(run.kept("plans/Bob"), "utf8")).toBe("free");
  });
});
