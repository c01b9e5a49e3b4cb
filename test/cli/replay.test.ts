import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Deployment, MODULE } from "./support/deployment.ts";
import { documentOf, type Ended, perdure } from "./support/perdure.ts";

const CHANGED = "test/cli/fixtures/changed-workflows.ts";

let deployment: Deployment;
let folder: string;
beforeAll(async () => {
  deployment = await Deployment.start();
  folder = await mkdtemp(join(tmpdir(), "perdure-replay-"));
  await deployment.instances("create", "Doubling", "--id", "d-1", "--params", '{"n":21}', "--wait");
  await deployment.create("Approval", "a-1");
  await deployment.becomes("Approval", "a-1", "WAITING");
  await deployment.create("Booking", "b-1");
  await deployment.becomes("Booking", "b-1", "WAITING");
  for (const [workflow, id] of [
    ["Doubling", "d-1"],
    ["Approval", "a-1"],
    ["Booking", "b-1"],
  ] as const) {
    await deployment.instances("export", workflow, id, "--output", join(folder, `${id}.json`));
  }
});
afterAll(async () => {
  await deployment[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const replay = (module: string, ...args: readonly string[]): Promise<Ended> => perdure(["replay", module, ...args]);

describe("instances export", () => {
  it("writes the journal of a run, which says its format, and params beside the instance", async () => {
    const document = documentOf(await deployment.instances("export", "Doubling", "d-1"));

    expect(document).toMatchObject({
      format: "perdure.journal",
      version: 1,
      run: 1,
      instance: { ref: { workflow: "Doubling", instanceId: "d-1" }, status: "INSTANCE_STATUS_COMPLETE" },
      params: { json: '{"n":21}' },
      records: expect.arrayContaining([expect.objectContaining({ position: 1 })]),
    });
    expect(document).toEqual(JSON.parse(await readFile(join(folder, "d-1.json"), "utf8")));
  });

  it("redacts sensitive outputs", async () => {
    const { stdout } = await deployment.instances("export", "Booking", "b-1");

    expect(stdout).toContain("[REDACTED]");
    expect(stdout).not.toContain("secret");
  });

  it("writes an earlier run too, and refuses one that there never was", async () => {
    await deployment.create("Resting", "r-1");
    await deployment.becomes("Resting", "r-1", "WAITING");
    await deployment.instances("restart", "Resting", "r-1");
    await deployment.becomes("Resting", "r-1", "WAITING");

    const first = documentOf(await deployment.instances("export", "Resting", "r-1", "--run", "1"));
    expect(first).toMatchObject({ run: 1, instance: { ref: { instanceId: "r-1" } } });
    expect(JSON.stringify(first)).toContain("instanceRestarted");
    const third = await deployment.instances("export", "Resting", "r-1", "--run", "3");
    expect(third).toEqual({ code: 1, stdout: "", stderr: "perdure: it has no run 3; the newest is 2\n" });
  });
});

describe("replay", () => {
  it("finds no difference in the code that made the journals, nor needs an engine", async () => {
    const { code, stdout, stderr } = await replay(MODULE, "--journal", folder);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "3 journals replayed, none with differences\n" });
    expect(stdout).toContain(
      `Approval a-1  no differences  ${join(folder, "a-1.json")}; it has not ended; at its end is wait "await approval-1"\n`,
    );
    expect(stdout).toContain('note      the output of step "book-1" is sensitive');
  });

  it("ends with 1 and shows what differs, for people and for programs", async () => {
    const files = ["a-1", "b-1", "d-1"].map((id) => join(folder, `${id}.json`));
    const { code, stdout, stderr } = await replay(CHANGED, "--journal", ...files);

    expect({ code, stderr }).toEqual({ code: 1, stderr: "3 journals replayed, 2 with differences\n" });
    expect(stdout).toContain(`Doubling d-1  1 difference  ${files[2]}; it completed
  renamed   the code asks for step "multiply-1" where the journal has step "double-1"
`);
    const asJson = await replay(CHANGED, "--journal", ...files, "--json");
    expect(asJson.code).toBe(1);
    expect(documentOf(asJson)).toMatchObject({
      journals: [
        { file: files[0], differences: [{ kind: "input", step: { kind: "wait" } }, { kind: "input" }] },
        { instanceId: "b-1", differences: [], end: "open", next: ['sleep "rest-1"'] },
        { differences: [{ kind: "renamed", step: { kind: "do", name: "multiply", count: 1 } }], end: "complete" },
      ],
    });
  });

  it("ends with 2 when a file or a module cannot be used", async () => {
    const notJson = join(folder, "not.txt");
    await writeFile(notJson, "{");
    const journal = join(folder, "d-1.json");

    expect(await replay(MODULE, "--journal", notJson)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("is no JSON"),
    });
    expect(await replay(MODULE, "--journal", "package.json")).toMatchObject({
      code: 2,
      stderr: 'perdure: package.json: it is no exported journal: its "format" is not "perdure.journal"\n',
    });
    expect(await replay(MODULE, "--journal", join(folder, "none.json"))).toMatchObject({ code: 2 });
    expect(await replay("nowhere.ts", "--journal", journal)).toMatchObject({ code: 2 });
    expect(await replay(MODULE)).toMatchObject({ code: 2 });
    const other = await replay(MODULE, "--journal", journal, "--workflow", "Renamed=Doubling", "--json");
    expect(other.code).toBe(2);
    expect(JSON.parse(other.stderr)).toMatchObject({ error: { reason: "INVALID_JOURNAL" } });
    expect(await replay(MODULE, "--journal", journal, "--workflow", "Doubling=Doubling")).toMatchObject({ code: 0 });
  });
});
