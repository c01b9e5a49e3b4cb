import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "perdure/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../support/free-port.ts";
import { MODULE } from "./support/deployment.ts";
import { documentOf, perdure, start } from "./support/perdure.ts";

let folder: string;
let listen: string;
let engine: string;
let store: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "perdure-cli-"));
  listen = `127.0.0.1:${await freePort()}`;
  engine = `http://${listen}`;
  store = `sqlite:${join(folder, "dev.db")}`;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const instances = (...args: readonly string[]) => perdure(["instances", ...args, "--engine", engine]);

describe("dev", () => {
  const dev = (...args: readonly string[]) => start(["dev", MODULE, "--listen", listen, "--store", store, ...args]);

  it("serves a module by one command, and shows each step as it happens", async () => {
    await using process = dev();
    await process.printed(
      /engine +http:\/\/127\.0\.0\.1:\d+\nstore +sqlite:.*\nworkflows +Approval, Booking, Doubling,/,
    );
    const created = await instances("create", "Doubling", "--id", "d", "--params", '{"n":4}', "--wait", "--json");
    expect(documentOf(created)).toMatchObject({ output: { doubled: 8 } });
    await process.printed(/^[\d:.]+ {2}Doubling\/d {2}double +complete in \d+ ms → 8$/m);
    await process.printed(/^[\d:.]+ {2}Doubling\/d {2}complete → \{"doubled":8\}$/m);
    expect(await process.stop()).toBe(0);
  });

  it("goes on where it was after kill -9, at once", async () => {
    const first = dev();
    await first.printed(/workflows/);
    await instances("create", "Approval", "--id", "a");
    await first.printed(/waits for the event/);
    await first.kill();

    await using second = dev();
    await second.printed(/workflows/);
    await instances("send-event", "Approval", "a", "--type", "approved", "--payload", '"yes"');
    await second.printed(/Approval\/a {2}complete → "yes"/);
    const { stdout } = await instances("describe", "Approval", "a");
    expect(stdout).toMatch(/^prepare +complete +1 /m);
  });

  it("shows a restart as the next run", async () => {
    await using process = dev();
    await process.printed(/workflows/);
    await instances("create", "Doubling", "--id", "d", "--params", '{"n":1}', "--wait");
    await instances("restart", "Doubling", "d");
    const twice = await process.printed(/complete → \{"doubled":2\}\n[^]*complete → \{"doubled":2\}/);
    expect(twice[0]).toMatch(/double +complete in/);
  });

  it("ends with 1 and a sentence when the port is taken", async () => {
    await using process = dev();
    await process.printed(/workflows/);
    const other = ["dev", MODULE, "--listen", listen, "--store", "memory:"];
    expect(await perdure(other)).toEqual({
      code: 1,
      stdout: "",
      stderr: `perdure: cannot listen on ${listen}: another process listens there already\n`,
    });
  });

  it("ends with 2 and a sentence when the engine refuses the worker", async () => {
    const args = ["dev", MODULE, "--listen", listen, "--store", "memory:", "--log-level", "silent"];
    const { code, stderr } = await perdure([...args, "--namespace", "no name"]);
    expect(stderr).toMatch(/^perdure: namespace: does not match .*\n$/);
    expect(code).toBe(2);
  });

  it.each([
    ["is missing", "no-such-file.ts", /There is no file .*no-such-file\.ts/],
    ["exports no workflow", "test/cli/fixtures/no-workflow.ts", /exports no workflow/],
    ["throws", "test/cli/fixtures/throwing.ts", /RangeError: the module fell over\n[^]*throwing\.ts:2/],
  ])("ends with 2 when the module %s", async (_, module, text) => {
    const { code, stderr } = await perdure(["dev", module, "--listen", listen, "--store", "memory:"]);
    expect(stderr).toMatch(text);
    expect(code).toBe(2);
  });
});

describe("worker", () => {
  it("gives workflows their env, with a binding of each that the module does not set", async () => {
    await using server = start(["server", "--listen", listen, "--store", "memory:"]);
    await server.printed(/engine serves/);
    const module = ["test/cli/fixtures/calling.ts", "--env", "test/cli/fixtures/env.ts"];
    await using worker = start(["worker", ...module, "--engine", engine]);
    await worker.printed(/worker serves/);
    const parent = await instances("create", "Calling", "--id", "p", "--wait", "--json");
    expect(documentOf(parent)).toMatchObject({
      output: { child: "of-p", greeting: "Good day", taken: "by the module" },
    });
    const client = createClient({ engine });
    expect(await (await client.workflow("ChildTask").get("of-p")).result()).toBe("child of p");
    client.close();
    expect(await worker.stop()).toBe(0);
    expect(await server.stop()).toBe(0);
  });

  it("waits for an engine that comes later", async () => {
    await using worker = start(["worker", MODULE, "--engine", engine]);
    await worker.printed(/poll failed|worker starts/);
    await using server = start(["server", "--listen", listen, "--store", "memory:"]);
    await server.printed(/engine serves/);
    await worker.printed(/worker serves/);
    expect(await instances("create", "Doubling", "--params", '{"n":1}', "--wait")).toMatchObject({ code: 0 });
  });

  it("serves a class under another name, and only those that are named", async () => {
    await using server = start(["server", "--listen", listen, "--store", "memory:"]);
    await server.printed(/engine serves/);
    await using worker = start(["worker", MODULE, "--workflow", "twice-as-much=Doubling", "--engine", engine]);
    await worker.printed(/worker serves/);
    await instances("create", "Doubling", "--id", "d", "--params", '{"n":1}');
    const served = await instances("create", "twice-as-much", "--params", '{"n":1}', "--wait");
    expect(served).toMatchObject({ code: 0, stdout: '{\n  "doubled": 2\n}\n' });
    expect(documentOf(await instances("describe", "Doubling", "d", "--json"))).toMatchObject({ status: "queued" });
  });

  it.each([
    [
      "--workflow names no class",
      ["--workflow", "x=Nobody"],
      /x=Nobody names no workflow .* Approval, Booking, Doubling/,
    ],
    ["--workflow gives a bad name", ["--workflow", "a b=Doubling"], /names no workflow .* 1 to 64 letters/],
    ["the env is none", ["--env", "test/cli/fixtures/no-env.ts"], /no-env\.ts needs a default export/],
    ["the env's file is missing", ["--env", "nowhere.ts"], /There is no file .*nowhere\.ts/],
  ])("ends with 2 when %s", async (_, args, text) => {
    const { code, stderr } = await perdure(["worker", MODULE, ...args, "--engine", engine]);
    expect(stderr).toMatch(text);
    expect(code).toBe(2);
  });
});
