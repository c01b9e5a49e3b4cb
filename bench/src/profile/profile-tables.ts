import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { markdownTable } from "markdown-table";
import { figure } from "../report/format.ts";
import { costsOf } from "./cpu-profile.ts";
import type { CpuProfile } from "./cpu-profile.ts";

/** Functions that a table shows. */
const ROWS = 25;

/** A table for each profile in a folder and the folders in it: where the time went, by thread. */
export async function profileTables(folder: string): Promise<string> {
  const files = (await Array.fromAsync(glob("**/*.cpuprofile", { cwd: folder }))).toSorted();
  const texts = files.map(async (file) => {
    const profile = JSON.parse(await readFile(join(folder, file), "utf8")) as CpuProfile;
    return `${file}\n\n${profileTable(profile)}`;
  });
  return (await Promise.all(texts)).join("\n\n");
}

function profileTable(profile: CpuProfile): string {
  const costs = costsOf(profile);
  const busyMs = costs.reduce((sum, { selfMs }) => sum + selfMs, 0);
  const share = (ms: number) => `${figure((ms / busyMs) * 100)} %`;
  const bySelf = costs.slice(0, ROWS).map(({ what, selfMs, totalMs }) => [what, share(selfMs), share(totalMs)]);
  const byTotal = costs
    .toSorted((a, b) => b.totalMs - a.totalMs)
    .slice(0, ROWS)
    .map(({ what, selfMs, totalMs }) => [what, share(selfMs), share(totalMs)]);
  const table = (first: string, rows: readonly (readonly string[])[]) =>
    markdownTable([[first, "self", "with what it calls"], ...rows], { align: ["l", "r", "r"] });
  return `busy for ${figure(busyMs)} ms\n\n${table("by its own time", bySelf)}\n\n${table("by all its time", byTotal)}`;
}
