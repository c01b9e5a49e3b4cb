import { once } from "node:events";
import { basename, join, sep } from "node:path";
import { type FSWatcher, watch } from "chokidar";

/** Editors write several files at once, and one file several times. */
const SETTLE_MS = 100;

/** Files beside a configuration that are read with it. */
const SECRETS = /^\.(?:dev\.vars|env)(?:\..+)?$/;

/** Folders below a project that hold no sources, but may hold very many files. */
const SKIPPED = new Set(["node_modules"]);

/** Calls back when files of a project have changed that its process has loaded. */
export class Watcher {
  readonly #folder: string;
  readonly #config: string;
  readonly #watcher: FSWatcher;
  #files = new Set<string>();
  /** Whatever changes may help a project that could not be loaded: a file that was missing, say. */
  #any = false;
  #timer: NodeJS.Timeout | undefined;

  private constructor(folder: string, config: string, changed: () => void) {
    this.#folder = folder;
    this.#config = config;
    this.#watcher = watch(folder, { ignoreInitial: true, ignored: (path) => this.#isSkipped(path) });
    this.#watcher.on("all", (_, path) => {
      if (!this.#matters(path)) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(changed, SETTLE_MS);
    });
  }

  /** Resolves when no change is missed any more. */
  static async start(folder: string, config: string, changed: () => void): Promise<Watcher> {
    const watcher = new Watcher(folder, config, changed);
    await once(watcher.#watcher, "ready");
    return watcher;
  }

  /** What the process has loaded. */
  expect(files: readonly string[], { any }: { readonly any: boolean }): void {
    this.#files = new Set([...this.#files, ...files]);
    this.#any = any;
    this.#watcher.add(files.filter((file) => !file.startsWith(join(this.#folder, sep))));
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#watcher.close();
  }

  #matters(path: string): boolean {
    const name = basename(path);
    return this.#any || this.#files.has(path) || path === this.#config || SECRETS.test(name);
  }

  #isSkipped(path: string): boolean {
    const name = basename(path);
    if (path === this.#folder || SECRETS.test(name)) return false;
    return SKIPPED.has(name) || (name.startsWith(".") && path !== this.#config);
  }
}
