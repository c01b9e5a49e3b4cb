import { MongoClient } from "mongodb";
import type { Collection } from "mongodb";
import { callInLoop } from "../measure/closed-loop.ts";
import { perSecond } from "../measure/rates.ts";
import type { Limit } from "./limit.ts";

const DURABLE = { w: "majority", journal: true } as const;
/** About a record of the journal. */
const VALUE = "p".repeat(200);
const BATCH = 100;
/** Of bulk inserts. More did not help. */
const CONCURRENCY = 4;

/** What the MongoDB at hand does with inserts that are durable on a majority. */
export async function measureMongodb(uri: string, ms: number): Promise<readonly Limit[]> {
  await using client = new MongoClient(uri);
  const documents: Collection = client.db("bench-limits").collection("documents");
  const insertsPerS = async (batch: number, concurrency: number) => {
    const start = performance.now();
    const calls = await callInLoop({ calls: Number.MAX_SAFE_INTEGER, concurrency, msMax: ms }, async () => {
      const values = Array.from({ length: batch }, () => ({ value: VALUE }));
      await documents.insertMany(values, { ordered: false, writeConcern: DURABLE });
    });
    return perSecond(calls.length * batch, performance.now() - start);
  };
  await documents.insertOne({ value: VALUE }, { writeConcern: DURABLE });
  const limits = [
    { what: "MongoDB, an insert at a time, w majority, j", perS: await insertsPerS(1, 1), unit: "documents/s" },
    {
      what: `MongoDB, inserts of ${BATCH}, ${CONCURRENCY} at once, w majority, j`,
      perS: await insertsPerS(BATCH, CONCURRENCY),
      unit: "documents/s",
    },
  ];
  await documents.drop();
  return limits;
}
