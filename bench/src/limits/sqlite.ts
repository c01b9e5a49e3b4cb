import { DatabaseSync } from "node:sqlite";
import { perSecond } from "../measure/rates.ts";
import type { Limit } from "./limit.ts";

/** About a record of the journal. */
const ROW = Buffer.alloc(200, "p");
const BATCH = 100;

/** What SQLite does in WAL mode when each commit is durable, by rows in a transaction. */
export function measureSqlite(file: string, ms: number): readonly Limit[] {
  const database = new DatabaseSync(file);
  database.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE row (id INTEGER PRIMARY KEY, value BLOB)",
  );
  const insert = database.prepare("INSERT INTO row (value) VALUES (?)");
  const rowsPerS = (batch: number) => {
    const start = performance.now();
    let rows = 0;
    let elapsedMs = 0;
    while (elapsedMs < ms) {
      database.exec("BEGIN");
      for (let i = 0; i < batch; i++) insert.run(ROW);
      database.exec("COMMIT");
      rows += batch;
      elapsedMs = performance.now() - start;
    }
    return perSecond(rows, elapsedMs);
  };
  const limits = [
    { what: "SQLite, a row in a transaction", perS: rowsPerS(1), unit: "rows/s" },
    { what: `SQLite, ${BATCH} rows in a transaction`, perS: rowsPerS(BATCH), unit: "rows/s" },
  ];
  database.close();
  return limits;
}
