import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** The kernel's unit of CPU time in /proc: USER_HZ, 100 a second on every architecture that Node runs on. */
const TICK_MS = 10;

/** The kernel's PF_KTHREAD among a process's flags. */
const KERNEL_THREAD = 0x0020_0000;

/** What a process has used since its start. */
export interface ProcessTimes {
  readonly parent: number;
  /** Its own, all threads, user and system. */
  readonly cpuMs: number;
  /** That of children which have ended and were waited for. */
  readonly childrenCpuMs: number;
  /** Whether it is a thread of the kernel's, which works for whoever asked. */
  readonly kernel: boolean;
}

export interface ProcessMemory {
  readonly residentMiB: number;
  /** The most since `forgetPeak`. */
  readonly peakMiB: number;
}

/** Undefined when the process has gone. */
export function processTimes(pid: number): ProcessTimes | undefined {
  const text = readProc(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name before may hold spaces and brackets; what follows its last bracket does not.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = (from: number) => Number(fields[from]) + Number(fields[from + 1]);
  return {
    parent: Number(fields[1]),
    cpuMs: ticks(11) * TICK_MS,
    childrenCpuMs: ticks(13) * TICK_MS,
    kernel: (Number(fields[6]) & KERNEL_THREAD) !== 0,
  };
}

/** @throws {Error} when the process has gone. */
export function processMemory(pid: number): ProcessMemory {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  const mebibytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "mu").exec(text)?.[1]) / 1024;
  return { residentMiB: mebibytes("VmRSS"), peakMiB: mebibytes("VmHWM") };
}

/** From now on a process's peak is that since now. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

/** CPU time of a process and of all that descend from it, and that of all others but the kernel, the ended included. */
export function cpuMsAround(root: number): { readonly treeMs: number; readonly othersMs: number } {
  const all = new Map<number, ProcessTimes>();
  for (const name of readdirSync("/proc")) {
    const times = /^\d+$/u.test(name) ? processTimes(Number(name)) : undefined;
    if (times !== undefined) all.set(Number(name), times);
  }
  let treeMs = 0;
  let othersMs = 0;
  for (const [pid, { cpuMs, childrenCpuMs, kernel }] of all) {
    if (descends(pid, root, all)) treeMs += cpuMs + childrenCpuMs;
    else if (!kernel) othersMs += cpuMs + childrenCpuMs;
  }
  return { treeMs, othersMs };
}

/** Columns of /proc/stat in which somebody worked: an interrupt's time is also part of that of the process that it met. */
const BUSY = { user: 1, nice: 2, system: 3, irq: 6, softirq: 7 } as const;

/** CPU time that everybody has used since the machine's start, in milliseconds. */
export function machineCpuMs(): number {
  const columns = readFileSync("/proc/stat", "utf8").split("\n", 1)[0]!.split(/\s+/u);
  return Object.values(BUSY).reduce((sum, column) => sum + Number(columns[column]), 0) * TICK_MS;
}

function descends(pid: number, root: number, all: ReadonlyMap<number, ProcessTimes>): boolean {
  for (let at: number | undefined = pid; at !== undefined; at = all.get(at)?.parent) if (at === root) return true;
  return false;
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
