import { join } from "node:path";
import { until } from "../measure/until.ts";
import { Child } from "./child.ts";
import type { DataFolder } from "./data-folder.ts";
import type { ChildSettings } from "./rig.ts";

const ENGINE = join(import.meta.dirname, "..", "..", "..", "services", "engine", "src", "main.ts");

const START_MS = 30_000;

/** What an engine logs when it takes calls. */
interface ServesLine {
  readonly msg: "engine serves";
  readonly url: string;
  readonly store: string;
}

export interface StartedEngine {
  readonly engine: Child;
  readonly url: string;
  /** Its store, as it names it. */
  readonly description: string;
}

/** Starts an engine as a user would, on a free port. */
export async function startEngine(
  storeUrl: string,
  folder: DataFolder,
  settings: ChildSettings,
): Promise<StartedEngine> {
  const command = [ENGINE, "--store", storeUrl, "--listen", "127.0.0.1:0"];
  const engine = await Child.spawn({ name: "engine", command, logFile: folder.file("engine.log"), ...settings });
  let line: ServesLine | undefined;
  await engine.until(
    until("an engine that serves", 10, START_MS, async () => {
      line = servesLine(await engine.log());
      return line !== undefined;
    }),
  );
  return { engine, url: line!.url, description: line!.store };
}

function servesLine(log: string): ServesLine | undefined {
  const line = log.split("\n").find((each) => each.includes(`"engine serves"`) && each.endsWith("}"));
  return line === undefined ? undefined : (JSON.parse(line) as ServesLine);
}
