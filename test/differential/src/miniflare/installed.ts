// What is used of packages that only an install of this folder brings. The imports are dynamic and described here, so
// that the type check of the whole repository does without them.
const MINIFLARE: string = "miniflare";
const ESBUILD: string = "esbuild";

interface Miniflare {
  dispatchFetch(
    url: string,
    init: { readonly method: string; readonly body: string; readonly signal?: AbortSignal },
  ): Promise<Response>;
  dispose(): Promise<void>;
}

/** Refuses unknown keys by name when it is made, hence no types of its many options here. */
type MiniflareClass = new (options: Readonly<Record<string, unknown>>) => Miniflare;

interface Build {
  readonly outputFiles: readonly { readonly text: string }[];
}

const miniflare = (await import(MINIFLARE)) as {
  readonly Miniflare: MiniflareClass;
  readonly NoOpLog: new () => object;
};
const esbuild = (await import(ESBUILD)) as {
  readonly build: (options: Readonly<Record<string, unknown>>) => Promise<Build>;
};

export const { Miniflare, NoOpLog } = miniflare;
export const { build } = esbuild;
