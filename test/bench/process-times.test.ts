import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { cpuMsAround, machineCpuMs, processMemory, processTimes } from "../../bench/src/measure/process-times.ts";

/** Works until it has used 200 ms of CPU, says so, and goes on living. */
const BUSY = `while (process.cpuUsage().user < 200_000); process.send("worked"); setInterval(() => {}, 1000)`;

describe("what the kernel says of processes", () => {
  it("is their CPU time and memory, and counts for the tree and the machine that they belong to", async () => {
    const machineBefore = machineCpuMs();
    const before = cpuMsAround(process.pid);
    const child = spawn(process.execPath, ["-e", BUSY], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    try {
      await once(child, "message");

      expect(processTimes(child.pid!)).toMatchObject({ parent: process.pid });
      expect(processTimes(child.pid!)!.cpuMs).toBeGreaterThanOrEqual(190);
      expect(cpuMsAround(process.pid).treeMs - before.treeMs).toBeGreaterThanOrEqual(190);
      expect(machineCpuMs() - machineBefore).toBeGreaterThan(0);
      expect(processMemory(child.pid!).peakMiB).toBeGreaterThanOrEqual(processMemory(child.pid!).residentMiB);
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    expect(cpuMsAround(process.pid).treeMs - before.treeMs).toBeGreaterThanOrEqual(190);
    expect(processTimes(child.pid!)).toBeUndefined();
  });

  it("is load by others where they do not descend from the process in question", async () => {
    const sleeper = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    try {
      await once(sleeper, "spawn");
      const before = cpuMsAround(sleeper.pid!).othersMs;
      const until = process.cpuUsage().user + 200_000;
      while (process.cpuUsage().user < until);

      expect(cpuMsAround(sleeper.pid!).othersMs - before).toBeGreaterThanOrEqual(190);
    } finally {
      sleeper.kill("SIGKILL");
      await once(sleeper, "exit");
    }
  });
});
