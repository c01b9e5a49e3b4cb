import { cpuMsAround, forgetPeak, machineCpuMs, processMemory, processTimes } from "./process-times.ts";

/** The processes that take part, in the order in which a table shows them. */
export const ROLES = ["engine", "mongod", "worker", "client"] as const;
export type Role = (typeof ROLES)[number];

/** Who plays which role; `mongod` only where that is the store. */
export type Cast = ReadonlyMap<Role, number>;

export interface ProcessUsage {
  readonly cpuMs: number;
  readonly residentMiB: number;
  readonly peakMiB: number;
}

/** What one stretch of work cost. */
export interface Usage {
  readonly elapsedMs: number;
  readonly processes: Readonly<Partial<Record<Role, ProcessUsage>>>;
  /** Cores that processes outside of the bench's own tree kept busy meanwhile. */
  readonly foreignCores: number;
}

/** Does some work and says what it cost, by process. */
export async function observe<T>(
  cast: Cast,
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly usage: Usage }> {
  for (const pid of cast.values()) forgetPeak(pid);
  const before = readings(cast);
  const value = await work();
  const after = readings(cast);

  const elapsedMs = after.atMs - before.atMs;
  const processes: Partial<Record<Role, ProcessUsage>> = {};
  for (const [role, pid] of cast) {
    processes[role] = { cpuMs: after.cpuMs.get(role)! - before.cpuMs.get(role)!, ...processMemory(pid) };
  }
  // By processes, which is exact; by the machine's idle time, which also knows of processes that cannot be seen from here.
  const othersMs = after.othersMs - before.othersMs;
  const restMs = after.machineMs - before.machineMs - (after.treeMs - before.treeMs);
  return { value, usage: { elapsedMs, processes, foreignCores: Math.max(0, othersMs, restMs) / elapsedMs } };
}

/** Resident memory by role, now. */
export function residentMiB(cast: Cast): Readonly<Partial<Record<Role, number>>> {
  return Object.fromEntries([...cast].map(([role, pid]) => [role, processMemory(pid).residentMiB]));
}

function readings(cast: Cast) {
  const cpuMs = new Map<Role, number>();
  for (const [role, pid] of cast) {
    const times = processTimes(pid);
    if (times === undefined) throw new Error(`the ${role} (process ${pid}) has ended during the measurement`);
    cpuMs.set(role, times.cpuMs);
  }
  return { atMs: performance.now(), cpuMs, machineMs: machineCpuMs(), ...cpuMsAround(process.pid) };
}
