import type { Command } from "commander";
import { callsEngine } from "../calling.ts";
import { type Engine, inNamespace } from "../engine.ts";
import { EXIT } from "../exit-code.ts";
import { plain } from "../output.ts";
import { CommandRefused } from "../refusal.ts";
import { idsInFile } from "./ids-file.ts";
import { PROMPTLY, resolveRef } from "./instance.ts";

/** Ids of one call, as many as the contract allows. */
const BATCH_MAX = 100;

interface DeleteOptions {
  readonly filename?: readonly string[];
}

/** Why an instance was not deleted. */
interface Kept {
  readonly instanceId: string;
  readonly message: string;
}

export function addDelete(instances: Command): void {
  const command = instances
    .command("delete")
    .argument("<workflow>", "the workflow's name")
    .argument("[ids...]", 'the ids of the instances; "latest" is the newest instance')
    .summary("remove instances")
    .description(
      "Removes instances, whatever they are doing: code in flight is cut off, nothing is rolled back, and their ids are free. Exit code 1 when one of them was not there.",
    )
    .option("--filename <path>", 'a file with ids, one a line or a JSON list; "-" for stdin', idsInFile);
  callsEngine<DeleteOptions>(command, async ({ engine, out, json, options, args }) => {
    const [workflow, named] = args as unknown as readonly [string, readonly string[]];
    const ids = [...(await resolved(engine, workflow, named)), ...(options.filename ?? [])];
    if (ids.length === 0) throw new CommandRefused("INVALID_FIELD", "no ids are given", EXIT.usage);
    const { deleted, errors } = await deleteAll(engine, workflow, [...new Set(ids)]);
    if (json) out.json({ deleted, errors });
    else for (const id of deleted) out.print(`${workflow}/${id} is deleted`);
    if (!json) for (const { message } of errors) out.note(`perdure: ${plain(message)}`);
    return errors.length === 0 ? EXIT.ok : EXIT.failed;
  });
}

async function resolved(engine: Engine, workflow: string, ids: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const id of ids) found.push((await resolveRef(engine, [workflow, id])).instanceId ?? id);
  return found;
}

async function deleteAll(engine: Engine, workflow: string, ids: readonly string[]) {
  const deleted: string[] = [];
  const errors: Kept[] = [];
  for (let first = 0; first < ids.length; first += BATCH_MAX) {
    const instanceIds = ids.slice(first, first + BATCH_MAX);
    const request = { ...inNamespace(engine), workflow, instanceIds };
    const { results } = await engine.calls.deleteInstances(request, PROMPTLY);
    instanceIds.forEach((instanceId, index) => {
      const outcome = results[index]?.outcome;
      if (outcome?.case === "refused") errors.push({ instanceId, message: outcome.value.message });
      else deleted.push(instanceId);
    });
  }
  return { deleted, errors };
}
