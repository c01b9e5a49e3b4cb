import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Client, createClient } from "perdure/client";
import type { Child } from "../../../support/child.ts";
import { freePort } from "../../../support/free-port.ts";
import { start } from "../../support/perdure.ts";

/** A copy of a fixture that a test may change. */
export class Project implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async copy(fixture: "shop" | "nightly"): Promise<Project> {
    const folder = await mkdtemp(join(tmpdir(), `perdure-${fixture}-`));
    await cp(join(import.meta.dirname, "..", "fixtures", fixture), folder, { recursive: true });
    return new Project(folder);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async write(name: string, text: string): Promise<void> {
    await mkdir(dirname(this.path(name)), { recursive: true });
    await writeFile(this.path(name), text);
  }

  /** Replaces a text in one of its files. */
  async change(name: string, from: string, to: string): Promise<void> {
    const before = await readFile(this.path(name), "utf8");
    if (!before.includes(from)) throw new Error(`${name} has no ${from}`);
    await this.write(name, before.replace(from, to));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** `perdure dev` in a project, until the test is over. */
export class Dev implements AsyncDisposable {
  readonly process: Child;
  readonly url: string;
  readonly engine: string;
  /** Calls its engine. */
  readonly client: Client;

  private constructor(process: Child, url: string, engine: string) {
    this.process = process;
    this.url = url;
    this.engine = engine;
    this.client = createClient({ engine });
  }

  static async start(target: string, ...args: readonly string[]): Promise<Dev> {
    return Dev.startWith({}, target, ...args);
  }

  static async startWith(env: Readonly<Record<string, string>>, target: string, ...args: readonly string[]) {
    const listen = `127.0.0.1:${await freePort()}`;
    const port = await freePort();
    const process = start(["dev", target, "--listen", listen, "--port", String(port), ...args], env);
    await process.printed(/Ctrl-C stops it/);
    return new Dev(process, `http://127.0.0.1:${port}`, `http://${listen}`);
  }

  get(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url + path, init);
  }

  async text(path: string, init: RequestInit = {}): Promise<string> {
    return (await this.get(path, init)).text();
  }

  post(path: string, body: unknown): Promise<Response> {
    return this.get(path, { method: "POST", body: JSON.stringify(body) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    await this.process.kill();
  }
}
