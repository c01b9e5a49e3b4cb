import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { reasonOf } from "perdure/transport-errors";
import { callsEngine } from "../calling.ts";
import { type Engine, inNamespace } from "../engine.ts";
import { EXIT } from "../exit-code.ts";
import { CommandRefused } from "../refusal.ts";
import { PROMPTLY, type Ref } from "./instance.ts";
import { statusesOf, statusOption } from "./statuses.ts";

/** As many a page as the contract allows. */
const PAGE_SIZE = 1_000;

/** Calls under way at once. Ours: enough to keep an engine busy, and few enough to leave others room. */
const CALLS_MAX = 20;

/** What an instance can be doing that has not ended. */
const UNFINISHED = ["queued", "running", "waiting", "waitingForPause", "paused"] as const;

interface TerminateAllOptions {
  readonly status?: readonly string[];
  readonly yes?: boolean;
}

export function addTerminateAll(instances: Command): void {
  const command = instances
    .command("terminate-all")
    .argument("<workflow>", "the workflow's name")
    .summary("end all instances of a workflow")
    .description("Ends all instances of a workflow that are not finished, or those that are of the statuses given.")
    .addOption(statusOption("only instances that are this; several may be given", UNFINISHED))
    .option("--yes", "do not ask");
  callsEngine<TerminateAllOptions>(command, async ({ engine, out, json, options, args: [workflow = ""] }) => {
    const refs = await found(engine, workflow, options.status ?? UNFINISHED);
    if (refs.length > 0 && options.yes !== true) await confirm(`Terminate ${refs.length} of "${workflow}"?`);
    const ended = await terminateAll(engine, refs);
    if (json) out.json({ terminated: ended.map(({ instanceId }) => instanceId) });
    else out.print(`${ended.length} ${ended.length === 1 ? "instance" : "instances"} terminated`);
    return EXIT.ok;
  });
}

async function found(engine: Engine, workflow: string, words: readonly string[]): Promise<readonly Ref[]> {
  const filter = { ...inNamespace(engine), workflow, statuses: [...statusesOf(words)], pageSize: PAGE_SIZE };
  const refs: Ref[] = [];
  for (let pageToken = ""; ;) {
    const page = await engine.calls.listInstances({ ...filter, pageToken }, PROMPTLY);
    refs.push(...page.instances.flatMap(({ ref }) => ref ?? []));
    pageToken = page.nextPageToken;
    if (pageToken === "") return refs;
  }
}

/** @throws {CommandRefused} unless the answer is yes. */
async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) throw new CommandRefused("NOT_CONFIRMED", `${question} Give --yes.`, EXIT.usage);
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question(`${question} (y/N) `);
  asking.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandRefused("NOT_CONFIRMED", "nothing was terminated");
}

/** Returns those that were ended by this; others were over before. */
async function terminateAll(engine: Engine, refs: readonly Ref[]): Promise<readonly Ref[]> {
  const ended: Ref[] = [];
  const left = refs.values();
  const work = async (): Promise<void> => {
    for (const ref of left) if (await terminate(engine, ref)) ended.push(ref);
  };
  await Promise.all(Array.from({ length: CALLS_MAX }, work));
  return ended;
}

async function terminate(engine: Engine, ref: Ref): Promise<boolean> {
  try {
    await engine.calls.terminateInstance({ ref }, PROMPTLY);
    return true;
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === "INVALID_TRANSITION" || reason === "INSTANCE_NOT_FOUND") return false;
    throw error;
  }
}
