import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const PAGES = ["README.md", "docs/getting-started.md", "docs/cli.md", "examples/hello/README.md"];

describe.each(PAGES)("%s", (page) => {
  it("links only to what is there", async () => {
    const text = await readFile(page, "utf8");
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, target = ""]) => target);
    expect(targets.filter((target) => !existsSync(join(dirname(page), target)))).toEqual([]);
  });
});

describe.each(["README.md", "docs/getting-started.md"])("the workflow in %s", (page) => {
  it("is the example hello, which a test runs", async () => {
    const [, code] = /```ts\n(import [^]*?)```/.exec(await readFile(page, "utf8")) ?? [];
    expect(code).toBe(await readFile("examples/hello/src/hello.ts", "utf8"));
  });
});
