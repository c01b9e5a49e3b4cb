/** Measures what a store does by itself: records appended a second, by how many instances append at once. */
import { randomUUID } from "node:crypto";
import type { JournalRecord } from "@perdure/engine/domain/entry";
import { openStore } from "@perdure/engine/store/open";
import type { Store } from "@perdure/engine/store/store";
import { markdownTable } from "markdown-table";
import { callInLoop } from "./measure/closed-loop.ts";
import { processTimes } from "./measure/process-times.ts";
import { perSecond } from "./measure/rates.ts";
import { percentilesOf } from "./measure/statistics.ts";
import { DataFolder } from "./rig/data-folder.ts";
import { startStore, STORE_KINDS, STORE_TITLES } from "./rig/store.ts";

const CONCURRENCIES = [1, 16, 256] as const;
const MS = 4_000;
const WARM_UP_MS = 1_000;

/** A record in the middle of a workflow: a step's output of 200 bytes, and the start of the next step. */
function aRecord(position: number): JournalRecord {
  const key = { kind: "do", name: "charge the card", count: 1 } as const;
  const config = {
    retryLimit: 5,
    retryDelayMs: 10_000,
    backoff: "exponential",
    timeoutMs: 600_000,
    dynamicDelay: false,
    sensitive: false,
    rollback: false,
  } as const;
  return {
    position,
    committedAt: Date.now(),
    report: { epoch: 1, sequence: position },
    entries: [
      {
        kind: "stepCompleted",
        key,
        attempt: 1,
        output: { form: "json", text: JSON.stringify("x".repeat(198)) },
        sensitive: false,
      },
      { kind: "stepStarted", key, attempt: 1, config, startedAt: Date.now() },
    ],
  };
}

/** Appends for so many instances at once, each one record after the other, and returns how long each append took. */
async function append(store: Store, concurrency: number, msMax: number): Promise<readonly number[]> {
  const journals = Array.from({ length: concurrency }, () => ({ uid: randomUUID(), position: 0 }));
  return callInLoop({ calls: Number.MAX_SAFE_INTEGER, concurrency, msMax }, async () => {
    const journal = journals.pop()!;
    const record = aRecord(++journal.position);
    const name = { namespace: "bench", workflow: "append", id: journal.uid };
    await store.append({
      name,
      journal: { uid: journal.uid, run: 1 },
      record,
      index: null,
      summon: null,
      awaitIndex: false,
    });
    journals.push(journal);
  });
}

const cpuMs = (pid: number | undefined) => (pid === undefined ? 0 : (processTimes(pid)?.cpuMs ?? 0));

const rows = [["store", "instances at once", "appends/s", "p50 ms", "p99 ms", "CPU µs an append: here", "mongod"]];
for (const kind of STORE_KINDS) {
  await using folder = await DataFolder.create();
  const started = await startStore(kind, folder);
  const { url, mongodPid } = started;
  const store = await openStore(url);
  for (const concurrency of CONCURRENCIES) {
    await append(store, concurrency, WARM_UP_MS);
    const before = [cpuMs(process.pid), cpuMs(mongodPid)] as const;
    const start = performance.now();
    const latencies = await append(store, concurrency, MS);
    const perS = perSecond(latencies.length, performance.now() - start);
    const { p50, p99 } = percentilesOf(latencies);
    const cpuUs = [process.pid, mongodPid].map(
      (pid, index) => ((cpuMs(pid) - before[index]!) * 1_000) / latencies.length,
    );
    rows.push([
      STORE_TITLES[kind],
      String(concurrency),
      perS.toFixed(0),
      p50.toFixed(2),
      p99.toFixed(2),
      ...cpuUs.map((us) => us.toFixed(0)),
    ]);
  }
  await store.close();
  await started.stop();
}
console.log(markdownTable(rows, { align: ["l", "r", "r", "r", "r", "r", "r"] }));
