import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";

const run = promisify(execFile);

export const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** What a script in a process of its own answers, or the error that it ends with. */
export type Answer =
  | { readonly value: unknown }
  | { readonly error: { readonly name: string; readonly message: string; readonly stack: string } };

/**
 * Runs the body of an async function in a new Node process. It sees `loadWorkflows`, `loadModule`, `registerLoader`,
 * `bindEnv` and `fixture`.
 */
export async function inChild(body: string): Promise<Answer> {
  const script = `
    import { loadModule, loadWorkflows } from "perdure/loader/load-workflows";
    import { registerLoader } from "perdure/loader/register";
    import { bindEnv } from "perdure/cloudflare/env";
    const fixture = (name) => ${JSON.stringify(fixture(""))} + name;
    const answer = await (async () => { ${body} })().then(
      (value) => ({ value }),
      (error) => ({ error: { name: error.name, message: error.message, stack: error.stack } }),
    );
    process.stdout.write(JSON.stringify(answer));
  `;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], { timeout: 20_000 });
  return JSON.parse(stdout) as Answer;
}
