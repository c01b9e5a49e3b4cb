import type { Command } from "commander";
import { addCreate } from "./create.ts";
import { addDelete } from "./delete.ts";
import { addDescribe } from "./describe.ts";
import { addExport } from "./export.ts";
import { addList } from "./list.ts";
import { addRestart } from "./restart.ts";
import { addSendEvent, addSteering } from "./steer.ts";
import { addTerminateAll } from "./terminate-all.ts";
import { addWatch } from "./watch.ts";

/** `perdure instances …`: what callers do with instances. */
export function addInstances(program: Command): void {
  const instances = program
    .command("instances")
    .summary("create, show and steer instances")
    .description("Creates, shows and steers instances of workflows.")
    .helpCommand(false);
  addCreate(instances);
  addList(instances);
  addDescribe(instances);
  addExport(instances);
  addWatch(instances);
  addSendEvent(instances);
  addSteering(instances);
  addRestart(instances);
  addTerminateAll(instances);
  addDelete(instances);
}
