import { readFile, writeFile } from "node:fs/promises";
import type { Observation } from "./observation.ts";

/** Observations by the scenario's name. */
export type Observed = Readonly<Record<string, Observation>>;

/** Records are kept in one file a workflow module, named after it. */
export const topicOf = (module: string): string => module.replace(/\.ts$/, "");

const fileOf = (topic: string): URL => new URL(`../observed/${topic}.json`, import.meta.url);

export async function readObserved(topic: string): Promise<Observed> {
  return JSON.parse(await readFile(fileOf(topic), "utf8")) as Observed;
}

export async function writeObserved(topic: string, observed: Observed): Promise<void> {
  await writeFile(fileOf(topic), `${JSON.stringify(observed, null, 2)}\n`);
}
