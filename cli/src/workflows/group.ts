import type { Command } from "commander";
import { InstanceStatus } from "perdure/proto/perdure/v1/instance_pb";
import type { Workflow } from "perdure/proto/perdure/v1/workflow_pb";
import { callsEngine } from "../calling.ts";
import { type Engine, inNamespace } from "../engine.ts";
import { EXIT } from "../exit-code.ts";
import { PROMPTLY } from "../instances/instance.ts";
import { table } from "../show/table.ts";
import { addPut } from "./put.ts";
import { addTrigger } from "./trigger.ts";
import { addWatch } from "./watch.ts";
import { asFacts, countOf, given, nextText, workflowJson } from "./workflow.ts";

const PAGE_SIZE = 100;

/** `perdure workflows …`: what is said of workflows as such. */
export function addWorkflows(program: Command): void {
  const workflows = program
    .command("workflows")
    .summary("show workflows and say how they are run")
    .description("Shows workflows, and says how their instances are run.")
    .helpCommand(false);
  addList(workflows);
  addDescribe(workflows);
  addPut(workflows);
  addDelete(workflows);
  addTrigger(workflows);
  addWatch(workflows);
}

function addList(workflows: Command): void {
  const command = workflows
    .command("list")
    .summary("list workflows, by name")
    .description("Lists the workflows that have settings or instances, by name.");
  callsEngine(command, async ({ engine, out, json }) => {
    const found = await Array.fromAsync(listed(engine));
    if (json) out.json(found.map(workflowJson));
    else if (found.length === 0) out.note("no workflow has settings or instances");
    else out.print(asTable(found));
    return EXIT.ok;
  });
}

function addDescribe(workflows: Command): void {
  const command = workflows
    .command("describe")
    .summary("show a workflow")
    .description("Shows how the instances of a workflow are run, and how many there are.")
    .argument("<workflow>", "the workflow's name");
  callsEngine(command, async ({ engine, out, json, args: [workflow = ""] }) => {
    const found = given((await engine.calls.getWorkflow({ ...inNamespace(engine), workflow }, PROMPTLY)).workflow);
    if (json) out.json(workflowJson(found));
    else out.print(asFacts(found));
    return EXIT.ok;
  });
}

function addDelete(workflows: Command): void {
  const command = workflows
    .command("delete")
    .summary("forget the settings of a workflow")
    .description("Forgets the settings of a workflow: its schedules end, its limits are the engine's. Instances stay.")
    .argument("<workflow>", "the workflow's name");
  callsEngine(command, async ({ engine, out, json, args: [workflow = ""] }) => {
    await engine.calls.deleteWorkflow({ ...inNamespace(engine), workflow }, PROMPTLY);
    if (json) out.json({ workflow });
    else out.print(`${workflow} has no settings of its own`);
    return EXIT.ok;
  });
}

async function* listed(engine: Engine): AsyncGenerator<Workflow, void> {
  for (let after = ""; ;) {
    const page = await engine.calls.listWorkflows({ ...inNamespace(engine), after, pageSize: PAGE_SIZE }, PROMPTLY);
    yield* page.workflows;
    if (page.workflows.length < PAGE_SIZE) return;
    after = page.workflows.at(-1)?.name ?? "";
  }
}

function asTable(workflows: readonly Workflow[]): string {
  return table(
    ["WORKFLOW", "QUEUED", "RUNNING", "WAITING", "ERRORED", "CONCURRENCY", "NEXT"],
    workflows.map((workflow) => [
      workflow.name,
      countOf(workflow, InstanceStatus.QUEUED),
      countOf(workflow, InstanceStatus.RUNNING),
      countOf(workflow, InstanceStatus.WAITING),
      countOf(workflow, InstanceStatus.ERRORED),
      String(workflow.settings?.concurrencyLimit ?? ""),
      nextText(workflow),
    ]),
  );
}
