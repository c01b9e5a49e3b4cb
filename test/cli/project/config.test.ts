import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ProjectConfig, readConfig } from "../../../cli/src/project/config.ts";
import { readSecrets } from "../../../cli/src/project/secrets.ts";
import { perdure } from "../support/perdure.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "perdure-config-"));
});
afterAll(() => rm(folder, { recursive: true }));

const ORDERS = { binding: "ORDERS", name: "orders", class_name: "OrderWorkflow" };

/** The configuration that a text is. */
async function read(
  text: string,
  { file = "wrangler.jsonc", environment }: { file?: string; environment?: string } = {},
) {
  const path = join(folder, file);
  await writeFile(path, text);
  return readConfig(path, environment);
}

const configOf = (values: object, environment?: string): Promise<ProjectConfig> =>
  read(JSON.stringify({ name: "shop", main: "src/index.ts", ...values }, null, 1), {
    ...(environment !== undefined && { environment }),
  });

/** What a reader is told of a configuration, without the folder. */
async function mistakesOf(call: Promise<ProjectConfig>): Promise<readonly string[]> {
  const error = await call.then(
    () => new Error("no mistake"),
    (error: unknown) => error as Error,
  );
  return error.message.replaceAll(join(folder, "/"), "").split("\n");
}

describe("a configuration", () => {
  it("gives each workflow its settings in the engine's units", async () => {
    const { workflows } = await configOf({
      workflows: [
        {
          ...ORDERS,
          limits: { steps: 500 },
          concurrency: { limit: 3 },
          schedules: ["0 3 * * *", "*/5 * * * MON"],
          default_retention: { success_retention: "3 days", error_retention: 5_000 },
        },
      ],
      exports: {
        Refund: { type: "workflow", name: "refunds", schedules: "0 0 L * *" },
        Room: { type: "durable-object" },
      },
    });
    const none = {
      stepLimit: undefined,
      concurrencyLimit: undefined,
      successRetentionMs: undefined,
      errorRetentionMs: undefined,
    };
    expect([...workflows.served.values()]).toMatchObject([
      { name: "refunds", className: "Refund", settings: { ...none, schedules: ["0 0 L * *"] } },
      {
        name: "orders",
        className: "OrderWorkflow",
        settings: {
          stepLimit: 500,
          concurrencyLimit: 3,
          schedules: ["0 3 * * *", "*/5 * * * MON"],
          successRetentionMs: 259_200_000,
          errorRetentionMs: 5_000,
        },
      },
    ]);
    expect([...workflows.exported]).toEqual([["Refund", "refunds"]]);
  });

  it("knows a workflow of another Worker from its own", async () => {
    const { workflows } = await configOf({
      workflows: [
        { ...ORDERS, script_name: "shop" },
        { binding: "BILLS", name: "bills", class_name: "Bill", script_name: "office" },
      ],
    });
    expect([...workflows.served.keys()]).toEqual(["orders"]);
    expect(workflows.bindings).toEqual([
      { binding: "ORDERS", workflow: "orders", script: undefined },
      { binding: "BILLS", workflow: "bills", script: "office" },
    ]);
  });

  it("takes a binding and an export of the same name for one workflow", async () => {
    const { workflows } = await configOf({
      workflows: [ORDERS],
      exports: { OrderWorkflow: { type: "workflow", name: "orders", limits: { steps: 7 } } },
    });
    expect([...workflows.served.values()]).toMatchObject([{ name: "orders", settings: { stepLimit: 7 } }]);
  });

  it("lets an environment inherit main, exports and triggers, and neither workflows nor vars", async () => {
    const config = await configOf(
      {
        workflows: [ORDERS],
        exports: { Refund: { type: "workflow", name: "refunds" } },
        vars: { A: 1 },
        triggers: { crons: ["0 3 * * *"] },
        r2_buckets: [{ binding: "BUCKET" }],
        env: { staging: { vars: { B: { deep: true } } } },
      },
      "staging",
    );
    expect(config).toMatchObject({
      name: "shop-staging",
      main: join(folder, "src/index.ts"),
      variables: { B: { deep: true } },
      crons: ["0 3 * * *"],
      otherBindings: [],
      workflows: { bindings: [] },
    });
    expect([...config.workflows.served.keys()]).toEqual(["refunds"]);
  });

  it("knows bindings of every kind by their names", async () => {
    const { otherBindings } = await configOf({
      kv_namespaces: [{ binding: "KV", id: "1" }],
      queues: { producers: [{ binding: "QUEUE", queue: "q" }], consumers: [{ queue: "q" }] },
      durable_objects: { bindings: [{ name: "ROOM", class_name: "Room" }] },
      ai: { binding: "AI" },
      send_email: [{ name: "MAIL" }],
      unsafe: { bindings: [{ name: "ODD", type: "new" }] },
      of_tomorrow: [{ binding: "NEW" }],
      routes: [{ pattern: "a", custom_domain: true }],
    });
    expect(otherBindings).toEqual([
      { name: "KV", kind: "kv_namespaces" },
      { name: "QUEUE", kind: "queues" },
      { name: "ROOM", kind: "durable_objects" },
      { name: "AI", kind: "ai" },
      { name: "MAIL", kind: "send_email" },
      { name: "ODD", kind: "unsafe" },
      { name: "NEW", kind: "of_tomorrow" },
    ]);
  });

  it("warns of what has no effect, once each", async () => {
    const { warnings } = await configOf({
      workflows: [{ ...ORDERS, jurisdiction: "eu", retries: 5 }],
      define: { A: "1" },
    });
    expect(warnings.map((text) => text.replace(/^.*jsonc:/, ""))).toEqual([
      expect.stringMatching(/^\d+: define: nothing is put in the place of identifiers/),
      expect.stringMatching(/^\d+: workflows\[0\]\.retries: it is not known, and has no effect$/),
      expect.stringMatching(/^\d+: workflows\[0\]\.jurisdiction: it has no effect: data is where/),
    ]);
  });
});

describe("a configuration with mistakes", () => {
  it("is refused with all of them, each with its line", async () => {
    const text = `{
  // Comments, and commas at the end, are fine.
  "workflows": [
    { "binding": "A", "name": "a b", "class_name": "A" },
    {
      "binding": "B",
      "name": "b",
      "limits": { "steps": 0 },
      "concurrency": { "limit": "many" },
      "schedules": ["0 3 * * *", "every day"],
      "default_retention": { "success_retention": "soon" },
      "jurisdiction": "moon",
    },
    "c",
  ],
  "triggers": { "crons": "0 3 * * *" },
}`;
    expect(await mistakesOf(read(text))).toEqual([
      "wrangler.jsonc:1: main: it is missing",
      'wrangler.jsonc:14: workflows[2]: it is an object, not "c"',
      'wrangler.jsonc:4: workflows[0].name: it is 1 to 64 letters, digits, "_" and, not first, "-", not "a b"',
      "wrangler.jsonc:5: workflows[1].class_name: it is missing",
      'wrangler.jsonc:12: workflows[1].jurisdiction: it is one of eu, us, fedramp, not "moon"',
      "wrangler.jsonc:8: workflows[1].limits.steps: it is a whole number from 1 to 1000000, not 0",
      'wrangler.jsonc:9: workflows[1].concurrency.limit: it is a whole number from 1 to 1000000, not "many"',
      'wrangler.jsonc:10: workflows[1].schedules[1]: "every day" is no cron expression: it has 5 fields, minute, hour, day of month, month, day of week, not 2',
      'wrangler.jsonc:11: workflows[1].default_retention.success_retention: it is a duration such as "3 days", or milliseconds, from 1 ms to 10 years, not "soon"',
      'wrangler.jsonc:16: triggers.crons: it is a list of texts, not "0 3 * * *"',
    ]);
  });

  it.each([
    [
      "two classes under one name",
      { workflows: [ORDERS, { ...ORDERS, binding: "B", class_name: "B" }] },
      "workflows[1].class_name: the workflow orders is OrderWorkflow already, not B too",
    ],
    [
      "settings beside an export",
      {
        workflows: [{ ...ORDERS, limits: { steps: 5 } }],
        exports: { OrderWorkflow: { type: "workflow", name: "orders" } },
      },
      "workflows[0].limits: it belongs where the workflow orders is declared first",
    ],
    [
      "settings of another Worker's workflow",
      { workflows: [{ ...ORDERS, script_name: "office", schedules: "* * * * *" }] },
      "workflows[0].schedules: it belongs to office, which has the class",
    ],
    [
      "another Worker's workflow of a name of its own",
      {
        workflows: [{ ...ORDERS, script_name: "office" }],
        exports: { OrderWorkflow: { type: "workflow", name: "orders" } },
      },
      "workflows[0].script_name: this Worker has a workflow orders of its own",
    ],
    [
      "no schedule where schedules are given",
      { workflows: [{ ...ORDERS, schedules: [] }] },
      "workflows[0].schedules: it is not empty where it is given",
    ],
    ["a port that is none", { dev: { port: 70_000 } }, "dev.port: it is a whole number from 1 to 65535, not 70000"],
  ])("is refused for %s", async (_, values, text) => {
    const [mistake, ...more] = await mistakesOf(configOf(values));
    expect(mistake?.replace(/^wrangler\.jsonc:\d+: /, "")).toBe(text);
    expect(more).toEqual([]);
  });

  it("is refused for an environment that it does not have", async () => {
    expect(await mistakesOf(configOf({ env: { a: {}, b: {} } }, "c"))).toEqual([
      expect.stringMatching(/^wrangler\.jsonc:\d+: env: there is no environment "c"; it has a, b$/),
    ]);
  });

  it.each([
    ["wrangler.jsonc", '{\n  "name": "a"\n  "main": "b"\n}', "wrangler.jsonc:3:3: comma expected"],
    ["wrangler.jsonc", "", "wrangler.jsonc:1:1: value expected"],
    ["wrangler.json", "[]", "wrangler.json: it holds no object"],
    ["wrangler.toml", 'name = "a"\nmain = nothing\n', "wrangler.toml:2:8: Invalid TOML document: invalid value"],
    ["wrangler.toml", 'name = "a"\n', "wrangler.toml: main: it is missing"],
  ])("is refused with its place when %s cannot be read: %j", async (file, text, sentence) => {
    expect(await mistakesOf(read(text, { file }))).toEqual([sentence]);
  });

  it("ends perdure with 2, whichever command reads it", async () => {
    const path = join(folder, "wrangler.toml");
    await writeFile(path, 'main = "a.ts"\nworkflows = 5\n');
    for (const command of ["dev", "worker"]) {
      const { code, stderr } = await perdure([command, path]);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: `perdure: ${path}: workflows: it is a list of objects, not 5\n`,
      });
    }
  });

  it.each([
    [["dev", "."], /^perdure: \. has no wrangler\.json, wrangler\.jsonc, wrangler\.toml: give a project's folder/],
    [["dev"], /^perdure: this folder, nor one above it, has no wrangler\.json/],
    [["worker", "a.ts", "--config", "b.jsonc"], /^perdure: give a\.ts or --config, not both/],
    [["dev", "--config", "no.jsonc"], /^perdure: no\.jsonc cannot be read: ENOENT/],
    [["dev", "--config", "no.jsonc", "--workflow", "a=B"], /^perdure: --workflow is for a module/],
  ])("perdure %j ends with 2 and a sentence", async (args, text) => {
    const { code, stderr } = await perdure(args);
    expect(stderr).toMatch(text);
    expect(code).toBe(2);
  });
});

describe("a configuration that names its secrets", () => {
  it("gets those, and values for its vars, and is told which are missing", async () => {
    await writeFile(join(folder, ".dev.vars"), "TOKEN=t\nCOLOUR=red\nSTRAY=s\n");
    const config = await configOf({ vars: { COLOUR: "blue" }, secrets: { required: ["TOKEN", "KEY"] } });
    expect(readSecrets(config, {})).toEqual({
      values: { TOKEN: "t", COLOUR: "red" },
      files: [".dev.vars"],
      warnings: ["the secret KEY is required, and in no .dev.vars or .env"],
    });
  });

  it("finds them in the environment of the process, too, where there is no .dev.vars", async () => {
    await rm(join(folder, ".dev.vars"), { force: true });
    const config = await configOf({ secrets: { required: ["TOKEN"] } });
    expect(readSecrets(config, { TOKEN: "from outside", PATH: "/" }).values).toEqual({ TOKEN: "from outside" });
  });
});
