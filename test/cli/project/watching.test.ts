import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { perdure } from "../support/perdure.ts";
import { Dev, Project } from "./support/project.ts";

/** On a connection of its own: one that is kept may be closed at any time, by rights. */
async function statusOf(url: string): Promise<number | undefined> {
  const request = get(url, { agent: false });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  response.resume();
  await once(response, "close");
  return response.statusCode;
}

describe("perdure dev, while files change", () => {
  let project: Project;
  let dev: Dev;
  beforeAll(async () => {
    project = await Project.copy("shop");
    dev = await Dev.start(project.folder);
  });
  afterAll(async () => {
    await dev[Symbol.asyncDispose]();
    await project[Symbol.asyncDispose]();
  });

  /** Changes something, and waits until that is served. */
  async function reloads(change: () => Promise<void>): Promise<void> {
    const before = dev.process.output.length;
    await change();
    await dev.process.printed(new RegExp(`^[^]{${before},}reloaded: `));
  }

  it("serves the new code, on the same port, and instances go on with it", async () => {
    await dev.post("/orders", { id: "o", item: "tea" });
    await dev.process.printed(/orders\/o {2}await approval +waits for the event/);
    await reloads(() => project.change("src/workflows.ts", "${paid}, sent", "${paid}, sent by the new code"));
    expect((await dev.post("/orders/o/approval", { ok: true })).status).toBe(204);
    expect(await (await dev.client.workflow("orders").get("o")).result()).toBe("tea paid, sent by the new code");
  });

  it("answers every request while code is replaced: connections wait for the new process", async () => {
    const replaced = new AbortController();
    const reloaded = reloads(() => project.change("src/index.ts", "no secret", "none")).finally(() => replaced.abort());
    const statuses: (number | undefined)[] = [];
    while (!replaced.signal.aborted) statuses.push(await statusOf(`${dev.url}/`));
    await reloaded;
    expect(statuses.length).toBeGreaterThan(0);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it("takes changed variables and a changed configuration in", async () => {
    await reloads(() => project.write(".dev.vars", "SECRET=new secret\n"));
    expect(await dev.text("/")).toBe("Good day (new secret, 1.1)");
    await reloads(() => project.change("wrangler.jsonc", "Good day", "Good evening"));
    expect(await dev.text("/")).toBe("Good evening (new secret, 1.1)");
  });

  it("keeps the old code when the new one cannot be loaded, says why, and goes on when that is put right", async () => {
    await project.change("src/routes.ts", "switch (", "swich (");
    await dev.process.printed(/routes\.ts:\d+:\d+: [^]*goes on with the code before this change/);
    expect((await dev.get("/cookies")).status).toBe(200);
    await reloads(() => project.change("src/routes.ts", "swich (", "switch ("));
    expect((await dev.get("/cookies")).status).toBe(200);
  });

  it("keeps the old code when the configuration has a mistake, or lacks a file that comes later", async () => {
    await project.change("wrangler.jsonc", `"name": "refunds"`, `"name": "re funds"`);
    await dev.process.printed(/wrangler\.jsonc:\d+: exports\.RefundWorkflow\.name: it is 1 to 64 letters/);
    await reloads(() => project.change("wrangler.jsonc", `"re funds"`, `"refunds"`));
    await project.change("src/index.ts", `import { orderRoutes }`, `import "./later";\nimport { orderRoutes }`);
    await dev.process.printed(/Cannot find module .*later/);
    await reloads(() => project.write("src/later.ts", "export {};\n"));
    expect((await dev.get("/")).status).toBe(200);
  });

  it("says when the project's code ends its process, and starts it again with the next change", async () => {
    await reloads(() => project.change("src/routes.ts", `throw new TypeError("no such tea")`, "process.exit(7)"));
    await dev.get("/throw").catch(() => {});
    await dev.process.printed(/the project's process has ended with 7\nperdure: a change starts it again/);
    await reloads(() => project.write(".dev.vars", "SECRET=after all\n"));
    expect(await dev.text("/")).toContain("(after all,");
  });
});

describe("perdure dev --no-watch", () => {
  it("ends with 1 when the project's code ends its process", async () => {
    await using project = await Project.copy("shop");
    await project.change("src/routes.ts", `throw new TypeError("no such tea")`, "process.exit(7)");
    await using dev = await Dev.start(project.folder, "--no-watch");
    await dev.get("/throw").catch(() => {});
    expect(await dev.process.ended).toBe(1);
  });
});

describe("perdure dev --port", () => {
  it("ends with 1 and a sentence when the port is taken", async () => {
    await using project = await Project.copy("nightly");
    await using dev = await Dev.start(project.folder);
    const { port } = new URL(dev.url);
    expect(await perdure(["dev", project.folder, "--listen", "127.0.0.1:0", "--port", port])).toEqual({
      code: 1,
      stdout: "",
      stderr: `perdure: cannot listen on 127.0.0.1:${port}: another process listens there already\n`,
    });
  });
});

describe("perdure dev, when a project cannot be served", () => {
  it.each([
    ["its module is missing", "wrangler.jsonc", "src/index.ts", "src/no.ts", /There is no file .*src\/no\.ts/],
    [
      "a class is missing",
      "wrangler.jsonc",
      `"OrderWorkflow"`,
      `"Orders"`,
      /orders is the class Orders, and .*index\.ts has no such export; it exports OrderWorkflow, RefundWorkflow, default/,
    ],
    [
      "a class is no workflow",
      "src/workflows.ts",
      "class RefundWorkflow extends WorkflowEntrypoint<Env, Refund>",
      "class RefundWorkflow",
      /refunds is RefundWorkflow of .*index\.ts, which extends no WorkflowEntrypoint/,
    ],
    [
      "its module throws",
      "src/index.ts",
      "const fired",
      `throw new RangeError("fell over");\nconst fired`,
      /RangeError: fell over\n[^]*index\.ts:\d+/,
    ],
  ])("ends with 2 and a sentence: %s", async (_, file, from, to, text) => {
    await using project = await Project.copy("shop");
    await project.change(file, from, to);
    const { code, stderr } = await perdure(["dev", project.folder, "--listen", "127.0.0.1:0", "--port", "0"]);
    expect(stderr).toMatch(text);
    expect(code).toBe(2);
  });
});
