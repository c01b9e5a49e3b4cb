import { once } from "node:events";
import { connect } from "node:net";
import { createClient } from "@connectrpc/connect";
import { WorkflowService } from "perdure/proto/perdure/v1/workflow_service_pb";
import { connectEngine } from "perdure/transport";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { perdure, start } from "../support/perdure.ts";
import { freePort } from "../../support/free-port.ts";
import { Dev, Project } from "./support/project.ts";

describe("a project with wrangler.jsonc", () => {
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

  it("says what it serves, and where", () => {
    expect(dev.process.output).toMatch(
      /project +.*wrangler\.jsonc\nengine +http:.*\nstore +sqlite:.*\.perdure\/dev\.db/,
    );
    expect(dev.process.output).toMatch(
      /\nworkflows +refunds, orders\nsecrets +\.dev\.vars\nhttp +http:\/\/127.0.0.1:\d+\ncrons +0 3 \* \* \*/,
    );
  });

  it("finds vars and secrets in env, at the top of the module too", async () => {
    expect(await dev.text("/")).toBe("Good day (hush, 1.1)");
  });

  it("puts the settings of its workflows into the engine", async () => {
    const connection = connectEngine(dev.engine);
    const { getWorkflow } = createClient(WorkflowService, connection.transport);
    const { workflow } = await getWorkflow({ workflow: "orders" });
    expect(workflow?.settings).toMatchObject({
      stepLimit: 50,
      concurrencyLimit: 10,
      successRetention: { seconds: 172_800n },
      failureRetention: { seconds: 864_000n },
      schedules: ["0 3 * * SUN"],
    });
    connection.close();
  });

  it("creates and steers instances by its routes, under the configured names", async () => {
    const created = await dev.post("/orders", { id: "o-1", item: "tea" });
    expect(created).toMatchObject({ redirected: true, url: `${dev.url}/orders/o-1`, status: 200 });
    expect((await dev.post("/orders/o-1/approval", { ok: true })).status).toBe(204);
    const instance = await dev.client.workflow("orders").get("o-1");
    expect(await instance.result()).toBe("tea paid, sent");
    await dev.process.printed(/orders\/o-1 {2}complete → "tea paid, sent"/);
  });

  it("finds exports in ctx.exports, of workflows and of handlers", async () => {
    await dev.post("/orders", { id: "o-2", item: "jam" });
    await dev.post("/orders/o-2/approval", { ok: false });
    const refund = await (await dev.client.workflow("orders").get("o-2")).result();
    expect(refund).toBe("jam paid, refund-o-2");
    await (await dev.client.workflow("refunds").get("refund-o-2")).result();
    expect(await (await dev.get("/refunds/refund-o-2")).json()).toMatchObject({
      status: "complete",
      output: "order o-2 paid back",
    });
  });

  it("answers with what fetch gives: status, several cookies, a body that streams both ways", async () => {
    expect((await dev.get("/nowhere")).status).toBe(404);
    expect((await dev.get("/cookies")).headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2; Path=/"]);
    const pieces = ReadableStream.from(["one ", "two ", "three"]).pipeThrough(new TextEncoderStream());
    const echo = { method: "POST", body: pieces, duplex: "half", headers: { "content-type": "text/x-echo" } } as const;
    const answer = await dev.get("/echo", echo);
    expect(answer.headers.get("content-type")).toBe("text/x-echo");
    expect(await answer.text()).toBe("one two three");
  });

  it("sends a body as it comes, and tells the handler when the client leaves", async () => {
    const leaving = new AbortController();
    const { body } = await dev.get("/slow", { signal: leaving.signal });
    const first = await body?.getReader().read();
    expect(new TextDecoder().decode(first?.value)).toBe("first");
    leaving.abort();
    await dev.process.printed(/the client has left/);
  });

  it("answers 500 with what a handler threw, and logs it", async () => {
    const thrown = await dev.get("/throw");
    expect(thrown.status).toBe(500);
    expect(await thrown.text()).toMatch(/^TypeError: no such tea\n +at orderRoutes \(.*routes\.ts:\d+:\d+\)/);
    await dev.process.printed(/"url":".*\/throw".*"message":"no such tea".*"msg":"fetch failed"/);
    expect(await dev.text("/nothing")).toMatch(/^TypeError: fetch returned undefined, which is no Response/);
  });

  it("logs a rejection of what was given to waitUntil, and lives on", async () => {
    expect(await dev.text("/background")).toBe("answered");
    await dev.process.printed(/"message":"left alone".*"msg":"a promise given to waitUntil was rejected"/);
    expect((await dev.get("/")).status).toBe(200);
  });

  it("logs a rejection that nothing awaits, and lives on", async () => {
    expect(await dev.text("/stray")).toBe("answered");
    await dev.process.printed(/"message":"a stray one".*"msg":"a promise was rejected, and nothing awaits it"/);
    expect((await dev.get("/")).status).toBe(200);
  });

  it("refuses a WebSocket with a sentence", async () => {
    const socket = connect(Number(new URL(dev.url).port), "127.0.0.1");
    socket.end("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
    let answer = "";
    socket.setEncoding("utf8").on("data", (text: string) => (answer += text));
    await once(socket, "close");
    expect(answer).toMatch(/^HTTP\/1\.1 501 [^]*WebSockets are not offered here\.\n$/);
  });

  it("calls scheduled on demand, at the addresses of wrangler", async () => {
    expect(await dev.text("/__scheduled?cron=*+*+*+*+*")).toBe("Ran scheduled event\n");
    expect(await dev.text("/cdn-cgi/handler/scheduled?cron=0+3+*+*+*&time=1000")).toBe("ok\n");
    expect(await (await dev.get("/cdn-cgi/local/scheduled?time=2000&format=json")).json()).toEqual({
      outcome: "ok",
      noRetry: false,
    });
    expect(await (await dev.get("/fired")).json()).toEqual([
      { cron: "* * * * *", scheduledTime: expect.any(Number) as number },
      { cron: "0 3 * * *", scheduledTime: 1000 },
      { cron: "", scheduledTime: 2000 },
    ]);
  });

  it("says that scheduled failed, and refuses a time that is none", async () => {
    const failed = await dev.get("/cdn-cgi/handler/scheduled?cron=fail");
    expect({ status: failed.status, text: await failed.text() }).toEqual({ status: 500, text: "exception\n" });
    await dev.process.printed(/"cron":"fail".*"message":"nothing to tidy up".*"msg":"scheduled failed"/);
    expect((await dev.get("/__scheduled?time=soon")).status).toBe(400);
  });
});

describe("perdure dev", () => {
  it("takes the section of an environment, which inherits what wrangler lets it inherit", async () => {
    await using project = await Project.copy("shop");
    await using dev = await Dev.start(project.folder, "--environment", "staging");
    expect(dev.process.output).toMatch(
      /wrangler\.jsonc, environment staging\n[^]*workflows +refunds, orders-staging\n/,
    );
    expect(await dev.text("/")).toBe("Hello from staging (hush, no rates)");
  });

  it("takes the module of --env before anything else", async () => {
    await using project = await Project.copy("shop");
    await project.write("env.ts", `export default { GREETING: "By hand" };`);
    await using dev = await Dev.start(project.folder, "--env", project.path("env.ts"));
    expect(await dev.text("/")).toBe("By hand (hush, 1.1)");
  });

  it("reads .env where there is no .dev.vars, with values in values", async () => {
    await using project = await Project.copy("shop");
    await project.write(".dev.vars.prod", "SECRET=of another environment\n");
    await project.write(".env", "KIND=quiet\nSECRET=plain\n");
    await project.write(".env.local", "SECRET=${KIND} as a mouse\n");
    await using dev = await Dev.start(project.folder);
    expect(await dev.text("/")).toContain("(hush,");
    await dev.process.kill();
    const { rm } = await import("node:fs/promises");
    await rm(project.path(".dev.vars"));
    await using second = await Dev.start(project.folder);
    expect(await second.text("/")).toContain("(quiet as a mouse,");
  });

  it("serves wrangler.toml, a class as default export, and says which binding nobody provides", async () => {
    await using project = await Project.copy("nightly");
    await using dev = await Dev.start(project.path("wrangler.toml"));
    const missing = /env\.BUCKET \(r2_buckets\) is not there: install wrangler in the project .* or give it with --env/;
    expect(dev.process.output).toMatch(missing);
    expect(await dev.text("/")).toBe("tonight in the cellar");
    const instance = await dev.client.workflow("tidy-up").get("tonight");
    expect(await instance.result()).toBe("the cellar is tidy");
    expect(await dev.text("/bucket")).toMatch(missing);
  });

  it("binds a workflow of another Worker by its name: its instances wait until that is served", async () => {
    await using project = await Project.copy("nightly");
    await project.change("wrangler.toml", `name = "tidy-up"`, `name = "bills"\nscript_name = "office"`);
    await using dev = await Dev.start(project.folder);
    expect(dev.process.output).toMatch(
      /env\.TIDY: the workflow bills is of the Worker office; its instances wait until/,
    );
    expect(await dev.text("/")).toBe("tonight in the cellar");
    const instance = await dev.client.workflow("bills").get("tonight");
    expect(await instance.status()).toMatchObject({ status: "queued" });
  });

  it("goes on where it was after kill -9, at once", async () => {
    await using project = await Project.copy("shop");
    const first = await Dev.start(project.folder);
    await first.post("/orders", { id: "o", item: "tea" });
    await first.process.printed(/waits for the event/);
    await first.process.kill();
    await using second = await Dev.start(project.folder);
    await second.post("/orders/o/approval", { ok: true });
    expect(await (await second.client.workflow("orders").get("o")).result()).toBe("tea paid, sent");
    expect(await second.process.stop()).toBe(0);
  });
});

describe("perdure worker", () => {
  it("serves a project's workflows under their names, and nothing else of it", async () => {
    await using project = await Project.copy("nightly");
    const listen = `127.0.0.1:${await freePort()}`;
    await using server = start(["server", "--listen", listen, "--store", "memory:"]);
    await server.printed(/engine serves/);
    await using worker = start(["worker", project.folder, "--engine", `http://${listen}`]);
    await worker.printed(/"workflows":\["tidy-up"\].*"msg":"worker starts"/);
    await worker.printed(/worker serves/);
    const created = await perdure(["instances", "create", "tidy-up", "--wait", "--engine", `http://${listen}`]);
    expect(created).toMatchObject({ code: 0, stdout: '"the cellar is tidy"\n' });
    expect(await worker.stop()).toBe(0);
  });
});

describe("bindings that are no workflows", () => {
  /** A wrangler that simulates a bucket: what perdure asks of it, it says. */
  const WRANGLER = `
    exports.getPlatformProxy = async (options) => ({
      env: { BUCKET: { get: async () => JSON.stringify(options) }, TIDY: "not this one" },
      dispose: async () => console.log("disposed of"),
    });`;

  it("are those that the project's own wrangler simulates", async () => {
    await using project = await Project.copy("nightly");
    await project.write("node_modules/wrangler/index.js", WRANGLER);
    await using dev = await Dev.start(project.folder);
    expect(dev.process.output).not.toContain("BUCKET");
    expect(await (await dev.get("/bucket")).json()).toEqual({
      configPath: project.path("wrangler.toml"),
      persist: true,
    });
    expect(await dev.text("/")).toBe("tonight in the cellar");
    expect(await dev.process.stop()).toBe(0);
    expect(dev.process.output).toContain("disposed of");
  });

  it("are refused with a sentence when that fails", async () => {
    await using project = await Project.copy("nightly");
    await project.write("node_modules/wrangler/index.js", `throw new Error("not for this machine");`);
    await using dev = await Dev.start(project.folder);
    expect(dev.process.output).toMatch(/wrangler cannot simulate the bindings of this project: not for this machine/);
    expect(await dev.text("/bucket")).toMatch(/env\.BUCKET \(r2_buckets\) is not there/);
  });
});
