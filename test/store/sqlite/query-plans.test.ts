import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished, vi } from "vitest";
import { openDatabase } from "../../../services/engine/src/store/sqlite/database.ts";
import { fileOperations } from "../../../services/engine/src/store/sqlite/file-operations.ts";
import { EVERYTHING, NOW } from "../support/nouns.ts";
import { freshFolder } from "../support/stores.ts";

/** Few rows, in the whole life of a file; and looked at as a whole. Or counted, up to a bound. */
const MAY_SCAN = /FROM sessions|UPDATE sessions|DELETE FROM sessions|sqlite_schema|AS leased FROM \(/;

it("finds every row of a file by an index, and in order", async () => {
  const database = openDatabase(join(await freshFolder(), "perdure.db"));
  onTestFinished(() => database.close());
  const prepare = vi.spyOn(DatabaseSync.prototype, "prepare");
  onTestFinished(() => prepare.mockRestore());
  const { operations } = fileOperations(database);
  const after = { createdAt: NOW, uid: "u" };
  for (const workflow of [null, "greet"]) {
    for (const statuses of [[], ["queued"]] as const) {
      operations.list({ ...EVERYTHING, workflow, statuses });
      operations.list({ ...EVERYTHING, workflow, statuses, after, createdFrom: NOW, createdBefore: NOW });
    }
  }
  const statements = new Set(prepare.mock.calls.map(([sql]) => sql));
  expect(statements.size).toBeGreaterThan(20);

  const wrong = [...statements].flatMap((sql) => {
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as unknown as readonly { detail: string }[];
    const bad = plan.filter(({ detail }) => /^SCAN (?!CONSTANT)|TEMP B-TREE/.test(detail));
    return MAY_SCAN.test(sql) ? [] : bad.map(({ detail }) => `${detail}: ${sql}`);
  });
  expect(wrong).toEqual([]);
});
