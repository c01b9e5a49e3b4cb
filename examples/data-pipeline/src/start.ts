import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { attend, entriesOf, outputOf } from "../../support/attend.ts";
import { demonstrate } from "../../support/demonstrate.ts";
import { findOrCreate } from "../../support/instance.ts";
import { FOLDER, REPORTS_FOLDER } from "./env.ts";
import { Progress } from "./progress.ts";
import type { Extract } from "./summary.ts";
import type { Params } from "./workflow.ts";

interface Output {
  readonly key: string;
  readonly chunks: number;
  readonly rows: number;
  readonly stations: number;
}

const CHUNKS = 1_000;
const ROWS_PER_CHUNK = 250;

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const setting = { folder: FOLDER, workflow: file("index.ts"), env: file("env.ts") };

await demonstrate(setting, async (stage) => {
  const params = { rows: CHUNKS * ROWS_PER_CHUNK, rowsPerChunk: ROWS_PER_CHUNK };
  const actor = await findOrCreate<Params, Output>(stage, { workflow: "PipelineWorkflow", name: "readings", params });
  const progress = new Progress(CHUNKS, stage.say);
  await attend(stage, actor, {
    quiet: true,
    onRecord: (record) => {
      const ended = entriesOf(record, "stepCompleted").filter(({ key }) => key?.name.startsWith("chunk "));
      progress.add(ended.length);
    },
  });
  const { key, chunks, rows, stations } = await outputOf(actor.instance);
  stage.say(`\n${rows} rows in ${chunks} chunks, of ${stations} stations:\n`);
  const report = JSON.parse(await readFile(join(REPORTS_FOLDER, key), "utf8")) as Extract;
  for (const [station, { count, sum, min, max }] of Object.entries(report).toSorted(([a], [b]) => a.localeCompare(b))) {
    const degrees = [min, sum / count, max].map((tenths) => (tenths / 10).toFixed(1).padStart(6)).join(" …");
    stage.say(`${station.padEnd(10)} ${String(count).padStart(7)} readings  ${degrees} °C`);
  }
});
