import { readFile } from "node:fs/promises";
import { describe, expect, it, vi } from "vitest";

// What the loader does in a worker: vitest loads modules itself.
vi.mock("cloudflare:workers", () => import("../../sdk/typescript/src/cloudflare/workers.ts"));
vi.mock("cloudflare:workflows", () => import("../../sdk/typescript/src/cloudflare/workflows.ts"));

const EXAMPLES = ["order-processing", "onboarding", "approval", "data-pipeline", "ai-chain"];

/** What a test reads of a wrangler.jsonc: comments begin lines here, and the last comma of a list is left standing. */
async function configOf(example: string) {
  const text = await readFile(`examples/${example}/wrangler.jsonc`, "utf8");
  return JSON.parse(text.replaceAll(/^\s*\/\/.*$/gm, "").replaceAll(/,(?=\s*[\]}])/g, "")) as {
    readonly main: string;
    readonly workflows: readonly [{ readonly binding: string; readonly class_name: string }];
  };
}

interface Main {
  readonly default: { fetch(request: Request, env: object): Promise<Response> };
  readonly [name: string]: unknown;
}

describe.each(EXAMPLES)("the configuration of the example %s", (example) => {
  it("names a module that has the class, and a handler that begins an instance with each POST", async () => {
    const { main, workflows } = await configOf(example);
    const [{ binding, class_name: className }] = workflows;
    const module = (await import(/* @vite-ignore */ `../../examples/${example}/${main}`)) as Main;
    const created: unknown[] = [];
    const create = async (options: unknown) => ({ id: `instance-${created.push(options)}` });
    const post = new Request("http://localhost/", { method: "POST", body: '{"a":1}' });
    const answer = await module.default.fetch(post, { [binding]: { create } });

    expect(module[className]).toBeTypeOf("function");
    expect(created).toEqual([{ params: { a: 1 } }]);
    expect([answer.status, await answer.json()]).toEqual([201, { id: "instance-1" }]);
    expect((await module.default.fetch(new Request("http://localhost/"), {})).status).toBe(405);
  });
});
