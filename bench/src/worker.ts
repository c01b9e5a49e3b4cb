/** The worker of the bench: serves its workflows at the engine whose URL it is given, and says so when it does. */
import { serve } from "perdure/worker";
import type { Sleepers, WorkerQuestion } from "./worker-questions.ts";
import * as workflows from "./workflows.ts";

/** Instances that run at once: more than any workload has, so that none waits for a slot. */
const SLOTS = 1_000;

let begun = 0;
let lateMs: number[] = [];
const env: workflows.Env = {
  begins: () => void begun++,
  woke: (ms) => void lateMs.push(ms),
};

const worker = serve({ engine: process.argv[2]!, workflows, env, slots: SLOTS });
await worker.ready;
process.send!("ready");

process.on("message", (question: WorkerQuestion) => process.send!(answer(question)));
process.once("SIGTERM", () => void worker.stop().then(() => process.exit()));
process.once("disconnect", () => process.exit());

function answer(question: WorkerQuestion): Sleepers | readonly number[] {
  switch (question) {
    case "sleepers":
      return { begun, woken: lateMs.length };
    case "lateness":
      return lateMs;
    case "forget sleepers":
      begun = 0;
      lateMs = [];
      return [];
  }
}
