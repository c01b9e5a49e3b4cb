import { setTimeout as sleep } from "node:timers/promises";
import { callInLoop } from "./measure/closed-loop.ts";
import { cpuMsOf, perSecond } from "./measure/rates.ts";
import { percentilesOf } from "./measure/statistics.ts";
import { comesTrue, until } from "./measure/until.ts";
import { observe, residentMiB } from "./measure/usage.ts";
import type { Role, Usage } from "./measure/usage.ts";
import type { Round, Workload } from "./workload.ts";

/** Callers that create sleepers at once. */
const CREATORS = 100;
/** Between the last one's falling asleep and the moment: the machine is quiet and memory is read. */
const QUIET_MS = 2_000;
/** One sleeper before the clock runs for so many after. */
const WARM_UP_SHARE = 20;
const WARM_UP_MS = 2_000;
/** All may take so many times as long to fall asleep as the first made expect. */
const PATIENCE = 3;
/** Times that this is tried, with twice the patience each. */
const NIGHTS_MAX = 3;
const CREATE_MS_MAX = 120_000;
const WAKE_MS_MAX = 120_000;

/** What do sleepers cost while they sleep, and how late are they when all are due at once? */
export const sleepers: Workload = {
  id: "W5",
  title: "10,000 sleepers, all due at one instant; KiB of growth per sleeper, server with its database",
  columns: {
    createdPerS: "creations/s",
    serverKiB: "KiB in the server",
    workerKiB: "KiB in the worker",
    lateP50Ms: "late p50 ms",
    lateP99Ms: "late p99 ms",
    wakesPerS: "wakes/s",
  },
  async measure(round) {
    const count = round.quick ? 200 : 10_000;
    const { creation, grownMiB } = await fallAsleep(round, count);
    const { usage } = await observe(round.rig.cast, () => allAwake(round, count));
    const lateMs = await round.rig.lateness();
    const { p50, p99 } = percentilesOf(lateMs);
    return {
      instances: count,
      steps: 0,
      usage,
      measures: {
        createdPerS: perSecond(count, creation.elapsedMs),
        cpuMsPerCreation: cpuMsOf(creation) / count,
        serverKiB: ((grownMiB("engine") + grownMiB("mongod")) * 1024) / count,
        workerKiB: (grownMiB("worker") * 1024) / count,
        lateP50Ms: p50,
        lateP99Ms: p99,
        wakesPerS: perSecond(count, Math.max(...lateMs)),
        cpuMsPerWake: cpuMsOf(usage) / count,
      },
    };
  },
};

interface Asleep {
  /** What it took to create them. */
  readonly creation: Usage;
  /** By how much a process is larger than before. */
  readonly grownMiB: (role: Role) => number;
}

/** Resolves shortly before all are due. */
async function fallAsleep(round: Round, count: number): Promise<Asleep> {
  const { rig } = round;
  let msForAll = (await warmUp(round, count / WARM_UP_SHARE)) * WARM_UP_SHARE * PATIENCE;
  for (let night = 1; night <= NIGHTS_MAX; night++, msForAll *= 2) {
    await rig.forgetSleepers();
    const dueAt = Date.now() + msForAll + QUIET_MS;
    const before = residentMiB(rig.cast);
    const { usage: creation } = await observe(rig.cast, () => createSleepers(round, count, dueAt));
    if (await comesTrue(20, dueAt - QUIET_MS - Date.now(), () => allBegun(round, count))) {
      await sleep(dueAt - QUIET_MS / 2 - Date.now());
      const after = residentMiB(rig.cast);
      return { creation, grownMiB: (role) => (after[role] ?? 0) - (before[role] ?? 0) };
    }
    await allAwake(round, count);
  }
  throw new Error(`${count} sleepers did not fall asleep before they were due, ${NIGHTS_MAX} times`);
}

/** Lets some sleep and wake. @returns how long they took to be created and to fall asleep, in milliseconds. */
async function warmUp(round: Round, count: number): Promise<number> {
  const start = Date.now();
  await createSleepers(round, count, start + WARM_UP_MS);
  await until("the first sleepers asleep", 20, WAKE_MS_MAX, () => allBegun(round, count));
  const tookMs = Date.now() - start;
  await allAwake(round, count);
  return tookMs;
}

async function createSleepers({ rig, progress }: Round, count: number, dueAt: number): Promise<void> {
  const loop = { calls: count, concurrency: CREATORS, msMax: CREATE_MS_MAX };
  const created = await callInLoop(loop, async (index) => {
    await rig.create("Sleeper", { until: dueAt });
    progress.step(index, count);
  });
  if (created.length < count) throw new Error(`${created.length} of ${count} sleepers created in ${CREATE_MS_MAX} ms`);
}

async function allBegun({ rig }: Round, count: number): Promise<boolean> {
  const { begun } = await rig.sleepers();
  return begun >= count;
}

async function allAwake({ rig }: Round, count: number): Promise<void> {
  await until("all sleepers awake", 50, WAKE_MS_MAX, async () => (await rig.sleepers()).woken >= count);
}
