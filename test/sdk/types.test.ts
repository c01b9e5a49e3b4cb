import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixture } from "./loader/child.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A project as users have it: strict, without the rules that this repository adds. */
const TSCONFIG = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    target: "es2024",
    module: "esnext",
    moduleResolution: "bundler",
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    types: ["node", "perdure/cloudflare"],
  },
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "perdure-types-"));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** What the compiler has to say of a module. */
async function compiled(source: string): Promise<string> {
  await writeFile(join(folder, "module.ts"), source);
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  return promisify(execFile)(process.execPath, [tsc, "-p", folder]).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
}

describe("types of a workflow module", () => {
  it("let the overview page's form compile unchanged", async () => {
    const source = await readFile(fixture("overview.ts"), "utf8");
    expect(await compiled(source.replace(/^\/\/ @ts-nocheck.*\n/m, ""))).toBe("");
  });

  it("carry params, results and events through", async () => {
    expect(
      await compiled(`
        import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep, type WorkflowStepConfig } from "cloudflare:workers";
        import { NonRetryableError } from "cloudflare:workflows";
        interface Params { readonly id: number }
        const config: WorkflowStepConfig = { retries: { limit: 3, delay: "5 seconds", backoff: "linear" }, timeout: 5 };
        export class Typed extends WorkflowEntrypoint<{ readonly DB: Map<number, string> }, Params> {
          override async run(event: Readonly<WorkflowEvent<Params>>, step: WorkflowStep): Promise<string> {
            const name: string | undefined = await step.do("a", async () => this.env.DB.get(event.payload.id));
            const length: number = await step.do("b", config, (ctx) => {
              if (ctx.signal.aborted) throw new NonRetryableError(ctx.idempotencyKey);
              return ctx.attempt + event.params.id;
            });
            await step.do("c", { retries: { limit: 1, delay: ({ ctx, error }) => (ctx.attempt > 1 ? error.message.length : "1 second") } }, async () => {});
            await step.sleep("d", "1 hour");
            await step.sleepUntil("e", new Date());
            const { payload, type, timestamp } = await step.waitForEvent<{ readonly by: string }>("f", { type: "approved" });
            return [name, length, payload.by, type, timestamp.getTime()].join();
          }
        }
      `),
    ).toBe("");
  });

  it("find a wrong use", async () => {
    const mistakes = await compiled(`
      import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
      export class WithoutRun extends WorkflowEntrypoint {}
      export class Wrong extends WorkflowEntrypoint<{ readonly A: number }, { readonly id: number }> {
        async run(event: WorkflowEvent<{ readonly id: number }>, step: WorkflowStep) {
          event.payload.nope;
          this.env.B;
          event.payload.id = 5;
          await step.sleep("a", "5 parsecs");
          await step.do("b", { retires: 5 }, async () => {});
          await step.waitForEvent("c", {});
        }
      }
    `);
    const lines = [...mistakes.matchAll(/module\.ts\((\d+),/g)].map(([, line]) => Number(line));
    expect([...new Set(lines)]).toEqual([3, 6, 7, 8, 9, 10, 11]);
  });
});
