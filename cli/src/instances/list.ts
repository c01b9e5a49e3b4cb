import type { Command } from "commander";
import type { Instance } from "perdure/proto/perdure/v1/instance_pb";
import { callsEngine } from "../calling.ts";
import { type Engine, inNamespace } from "../engine.ts";
import { EXIT } from "../exit-code.ts";
import { wholeNumber } from "../options.ts";
import { table } from "../show/table.ts";
import { statusText } from "../show/text.ts";
import { durationText, instant, momentText } from "../show/time.ts";
import { instanceJson, PROMPTLY } from "./instance.ts";
import { statusesOf, statusOption } from "./statuses.ts";

const LIMIT_DEFAULT = 20;
/** Ours: a list that nobody reads to its end; programs narrow it by workflow and status. */
const LIMIT_MAX = 100_000;
/** As many a page as the contract allows. */
const PAGE_SIZE_MAX = 1_000;

interface ListOptions {
  readonly workflow?: string;
  readonly status?: readonly string[];
  readonly limit: number;
}

export function addList(instances: Command): void {
  const command = instances
    .command("list")
    .summary("list instances, newest first")
    .description("Lists instances, newest first.")
    .option("--workflow <name>", "only instances of this workflow")
    .addOption(statusOption("only instances that are this; several may be given"))
    .option("--limit <number>", "how many at most", wholeNumber(LIMIT_MAX), LIMIT_DEFAULT);
  callsEngine<ListOptions>(command, async ({ engine, out, json, options }) => {
    const { found, more } = await listed(engine, options);
    if (json) out.json(found.map(instanceJson));
    else if (found.length === 0) out.note("no instance fits");
    else out.print(asTable(found));
    if (more && !json) out.note("there are more; --limit shows them");
    return EXIT.ok;
  });
}

async function listed(engine: Engine, { workflow, status = [], limit }: ListOptions) {
  const filter = {
    ...inNamespace(engine),
    ...(workflow !== undefined && { workflow }),
    statuses: [...statusesOf(status)],
  };
  const found: Instance[] = [];
  let pageToken = "";
  do {
    const pageSize = Math.min(limit - found.length, PAGE_SIZE_MAX);
    const page = await engine.calls.listInstances({ ...filter, pageSize, pageToken }, PROMPTLY);
    found.push(...page.instances);
    pageToken = page.nextPageToken;
  } while (pageToken !== "" && found.length < limit);
  return { found, more: pageToken !== "" };
}

function asTable(instances: readonly Instance[]): string {
  return table(
    ["WORKFLOW", "ID", "STATUS", "CREATED", "TOOK"],
    instances.map(({ ref, status, createTime, endTime }) => {
      const createdAt = instant(createTime) ?? 0;
      const endedAt = instant(endTime);
      return [
        ref?.workflow ?? "",
        ref?.instanceId ?? "",
        statusText(status),
        momentText(createdAt),
        endedAt === undefined ? "" : durationText(endedAt - createdAt),
      ];
    }),
  );
}
