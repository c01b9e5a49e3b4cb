import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../../..");
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "perdure-types-"));
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What the compiler has to say of a project. */
const compiledProject = (path: string): Promise<string> =>
  promisify(execFile)(process.execPath, [TSC, "-p", path]).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );

/** What it has to say of a module, with these types. */
async function compiled(source: string, types: readonly string[]): Promise<string> {
  const compilerOptions = { ...COMPILER_OPTIONS, types };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["module.ts"] }));
  await writeFile(join(folder, "module.ts"), source);
  return compiledProject(folder);
}

const COMPILER_OPTIONS = {
  strict: true,
  noEmit: true,
  target: "es2024",
  module: "esnext",
  moduleResolution: "bundler",
  allowImportingTsExtensions: true,
  skipLibCheck: true,
};

/** Cloudflare's types, and ours in their place. */
const THEIRS = ["@cloudflare/workers-types", "node"];
const OURS = ["perdure/cloudflare", "node"];

/** A class as a project has it: every kind of step, a config, errors, `env` and `ctx`. */
const WORKFLOW = `
  import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep, type WorkflowStepConfig } from "cloudflare:workers";
  import { NonRetryableError } from "cloudflare:workflows";
  interface Params { readonly id: number }
  interface Env { readonly LIMIT: number }
  const config: WorkflowStepConfig = { retries: { limit: 3, delay: "5 seconds", backoff: "linear" }, timeout: "1 minute" };
  export class Typed extends WorkflowEntrypoint<Env, Params> {
    async run(event: Readonly<WorkflowEvent<Params>>, step: WorkflowStep) {
      const id: number = await step.do("a", config, async (ctx) => ctx.attempt + event.payload.id);
      if (id > this.env.LIMIT) throw new NonRetryableError("too many");
      this.ctx.waitUntil(Promise.resolve());
      await step.sleep("b", "1 hour");
      await step.sleepUntil("c", new Date(event.timestamp.getTime() + 1));
      const { payload, type } = await step.waitForEvent<{ readonly by: string }>("d", { type: "approved", timeout: "1 day" });
      await step.do("e", async () => {}, { rollback: async ({ output, error }) => console.log(output, error.message) });
      return { by: payload.by, type, id: event.instanceId };
    }
  }
`;

describe("types of a Cloudflare project", () => {
  it("are Cloudflare's own where it has them: routes, bindings, handlers", async () => {
    expect(await compiledProject(join(ROOT, "test/cli/project/fixtures/shop"))).toBe("");
  });

  it.each([
    ["Cloudflare's", THEIRS],
    ["ours", OURS],
  ])("let the same class compile with %s", async (_, types) => {
    expect(await compiled(WORKFLOW, types)).toBe("");
  });

  it.each([
    ["Cloudflare's", THEIRS],
    ["ours", OURS],
  ])("let a class that was written with %s be served", async (_, types) => {
    const source = `${WORKFLOW}
      import { serve } from "perdure";
      serve({ engine: "http://127.0.0.1:7070", workflows: [Typed], env: { LIMIT: 5 } });
      serve({ engine: "http://127.0.0.1:7070", workflows: new Map([["typed", Typed]]) });
      // @ts-expect-error -- no workflow
      serve({ engine: "http://127.0.0.1:7070", workflows: [Map] });
    `;
    expect(await compiled(source, types)).toBe("");
  });

  it("take a client of ours for Cloudflare's binding, and its handles for Cloudflare's", async () => {
    const source = `
      import { createClient } from "perdure";
      interface Env { readonly ORDERS: Workflow<{ readonly id: number }> }
      const client = createClient({ engine: "http://127.0.0.1:7070" });
      export const env: Env = { ORDERS: client.workflow<{ readonly id: number }>("orders") };
      const statusOf = async (instance: WorkflowInstance): Promise<string> => (await instance.status()).status;
      export const status = await statusOf(await client.workflow("orders").get("one"));
    `;
    expect(await compiled(source, THEIRS)).toBe("");
  });

  it("let a default export that is a class compile with ours", async () => {
    const source = `
      import { env, exports, waitUntil, WorkerEntrypoint } from "cloudflare:workers";
      export default class extends WorkerEntrypoint<{ readonly NAME: string }> {
        fetch(request: Request): Response {
          this.ctx.waitUntil(exports.Refund.create());
          waitUntil(this.ctx.exports.Refund.create());
          return new Response(this.env.NAME + request.url + Object.keys(env).length);
        }
      }
    `;
    expect(await compiled(source, OURS)).toBe("");
  });
});
