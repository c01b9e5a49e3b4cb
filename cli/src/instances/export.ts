import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { JournalRecord } from "perdure/proto/perdure/v1/journal_pb";
import { exportJournal } from "perdure/replay";
import { callsEngine } from "../calling.ts";
import type { Engine } from "../engine.ts";
import { EXIT } from "../exit-code.ts";
import { wholeNumber } from "../options.ts";
import { CommandRefused } from "../refusal.ts";
import { given, namesInstance, PROMPTLY, type Ref, resolveRef } from "./instance.ts";

/** The contract counts runs in 32 bits. */
const RUN_MAX = 4_294_967_295;

interface ExportOptions {
  readonly run?: number;
  readonly output?: string;
}

export function addExport(instances: Command): void {
  const command = namesInstance(instances.command("export"))
    .summary("write the journal of a run as JSON")
    .description(
      "Writes an instance, its params and the whole journal of a run as one JSON document, for `perdure replay`. Sensitive outputs are redacted, and streams are only named.",
    )
    .option("--run <number>", "an earlier run (default: the current one)", wholeNumber(RUN_MAX))
    .option("--output <file>", "write to this file (default: standard output)");
  callsEngine<ExportOptions>(command, async ({ engine, out, options, args }) => {
    const ref = await resolveRef(engine, args);
    const instance = given((await engine.calls.getInstance({ ref }, PROMPTLY)).instance);
    const run = options.run ?? instance.run;
    if (run > instance.run)
      throw new CommandRefused("RUN_NOT_FOUND", `it has no run ${run}; the newest is ${instance.run}`);
    const records = await readRecords(engine, ref, run);
    const document = exportJournal({ instance, run, params: instance.params, records });
    if (options.output === undefined) out.json(document);
    else write(options.output, document);
    return EXIT.ok;
  });
}

async function readRecords(engine: Engine, ref: Ref, run: number): Promise<readonly JournalRecord[]> {
  const records: JournalRecord[] = [];
  for (let read = 0; ;) {
    const request = { ref, run, afterPosition: read, pageSize: 1_000 };
    const page = await engine.calls.getJournal(request, PROMPTLY);
    records.push(...page.records);
    read = page.records.at(-1)?.position ?? page.position;
    if (read >= page.position) return records;
  }
}

function write(file: string, document: unknown): void {
  try {
    writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
  } catch (error) {
    throw new CommandRefused("INVALID_OPTION", `--output cannot be written: ${(error as Error).message}`, EXIT.usage);
  }
}
