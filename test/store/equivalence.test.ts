import * as fc from "fast-check";
import { MongoClient } from "mongodb";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openStore } from "../../services/engine/src/store/open.ts";
import type { Store } from "../../services/engine/src/store/store.ts";
import type { Collection } from "../../services/engine/src/store/written.ts";
import { SEEDED } from "../domain/support/seeded.ts";
import { freshDatabaseUri } from "../support/mongod.ts";
import { anyOperations, contentOf, outcomeOf, type Attempted, type Operation } from "./support/operations.ts";
import { freshFolder } from "./support/stores.ts";

/** A store that counts what it writes. */
async function counted(url: string) {
  const written = { heads: 0, journal: 0, removals: 0, sessions: 0, blobs: 0, workflows: 0, slots: 0 };
  const store = await openStore(url, {
    onWritten: (collection: Collection, documents: number) => {
      written[collection] += documents;
    },
  });
  return { store, written };
}

/** Runs operations in turns of so many at once, and then looks at everything. */
async function observe(store: Store, operations: readonly Operation[], atOnce: number) {
  const attempted: Attempted[] = [];
  const outcomes: unknown[] = [];
  for (let first = 0; first < operations.length; first += atOnce) {
    const turn = operations.slice(first, first + atOnce).map(({ text, run, creates }) => {
      if (creates !== undefined) attempted.push(creates);
      return outcomeOf(run(store, [...attempted])).then((outcome) => ({ text, outcome }));
    });
    outcomes.push(...(await Promise.all(turn)));
  }
  return { outcomes, content: await contentOf(store, attempted) };
}

/** What memory and another store, both empty, make of the same operations. */
async function compare(url: string, operations: readonly Operation[], atOnce: number) {
  const memory = await counted("memory:");
  const other = await counted(url);
  try {
    const expected = await observe(memory.store, operations, 1);
    const observed = await observe(other.store, operations, atOnce);
    return { expected, observed, written: { expected: memory.written, observed: other.written } };
  } finally {
    await other.store.close();
  }
}

describe("any sequence of operations", () => {
  it("has the same answers and leaves the same content in SQLite as in memory, also when several go together", async () => {
    const folder = await freshFolder();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(anyOperations, fc.integer({ min: 1, max: 9 }), async (operations, atOnce) => {
        const { expected, observed, written } = await compare(
          `sqlite:${join(folder, `${++run}.db`)}`,
          operations,
          atOnce,
        );

        expect(observed).toStrictEqual(expected);
        expect(written.observed).toEqual(written.expected);
      }),
      { numRuns: 60, ...SEEDED },
    );
  });

  it("has the same answers and leaves the same content in MongoDB as in memory", async () => {
    const url = await freshDatabaseUri();
    const client = new MongoClient(url);
    onTestFinished(() => client.close());
    await fc.assert(
      fc.asyncProperty(anyOperations, async (operations) => {
        for (const name of ["heads", "journal", "removals", "sessions"])
          await client.db().collection(name).deleteMany({});
        const { expected, observed, written } = await compare(url, operations, 1);

        expect(observed).toStrictEqual(expected);
        expect(written.observed).toMatchObject({
          journal: written.expected.journal,
          sessions: written.expected.sessions,
        });
      }),
      { numRuns: 50, ...SEEDED },
    );
  });
});
