import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { violationsIn } from "./support/layers.ts";

const ROOT = join(import.meta.dirname, "..");
const SOURCES = ["services/*/src/**/*.ts", "sdk/typescript/src/**/*.ts", "cli/src/**/*.ts"];

describe("the direction of imports", () => {
  it("is inwards everywhere: rpc → app → store port → domain", async () => {
    const paths = await Array.fromAsync(glob(SOURCES, { cwd: ROOT }));
    const files = await Promise.all(
      paths.map(async (path) => ({ path, text: await readFile(join(ROOT, path), "utf8") })),
    );

    expect(files.length).toBeGreaterThan(0);
    expect(violationsIn(files)).toEqual([]);
  });

  it.each([
    ["domain/lease.ts", `import type { Store } from "../store/store.ts";`, "../store/store.ts"],
    ["domain/lease.ts", `import { create } from "@bufbuild/protobuf";`, "@bufbuild/protobuf"],
    [
      "domain/lease.ts",
      `import { TaskSchema } from "perdure/proto/perdure/v1/task_pb";`,
      "perdure/proto/perdure/v1/task_pb",
    ],
    ["domain/lease.ts", `export * from "node:crypto";`, "node:crypto"],
    ["domain/lease.ts", `type Hash = import("node:crypto").Hash;`, "node:crypto"],
    ["store/store.ts", `import { MemoryStore } from "./memory/memory-store.ts";`, "./memory/memory-store.ts"],
    ["store/sqlite/sqlite-store.ts", `import { x } from "../mongo/x.ts";`, "../mongo/x.ts"],
    ["store/sqlite/sqlite-store.ts", `const { ObjectId } = await import("mongodb");`, "mongodb"],
    ["app/dispatcher.ts", `export { handler } from "../rpc/handler.ts";`, "../rpc/handler.ts"],
    [
      "app/dispatcher.ts",
      `import { MemoryStore } from "../store/memory/memory-store.ts";`,
      "../store/memory/memory-store.ts",
    ],
    ["app/dispatcher.ts", `import { openStore } from "../store/open.ts";`, "../store/open.ts"],
    ["main.ts", `import { MongoStore } from "./store/mongo/mongo-store.ts";`, "./store/mongo/mongo-store.ts"],
    ["rpc/handler.ts", `import "../main.ts";`, "../main.ts"],
    ["app/dispatcher.ts", `import "@perdure/cli/main";`, "@perdure/cli/main"],
  ])("is said to be wrong when %s has: %s", (file, text, target) => {
    const path = join("services/engine/src", file);
    const shown = target.startsWith(".") ? join(path, "..", target) : target;

    expect(violationsIn([{ path, text }])).toEqual([expect.stringContaining(`${path} imports ${shown}: `)]);
  });

  it("does not let the SDK reach into a service", () => {
    const path = "sdk/typescript/src/worker.ts";
    const text = `import { a } from "../../../services/engine/src/domain/a.ts"; import { b } from "@perdure/engine";`;

    expect(violationsIn([{ path, text }])).toEqual([
      `${path} imports services/engine/src/domain/a.ts: the sdk may import nothing else of ours`,
      `${path} imports @perdure/engine: the sdk may import nothing else of ours`,
    ]);
  });

  it("lets the SDK's test tools run an engine, and nothing else of the SDK run those", () => {
    const tools = `import { embedEngine } from "@perdure/engine/embedded"; import { serve } from "../worker/serve.ts";`;
    const path = "sdk/typescript/src/worker.ts";

    expect(violationsIn([{ path: "sdk/typescript/src/testing/test-engine.ts", text: tools }])).toEqual([]);
    expect(violationsIn([{ path, text: `export * from "./testing.ts";` }])).toEqual([
      `${path} imports sdk/typescript/src/testing.ts: the sdk may import nothing else of ours`,
    ]);
  });

  it("lets main put everything together, open.ts choose the store, and the CLI use engine and SDK", () => {
    const main = `import "./store/open.ts"; import "./rpc/server.ts"; import "perdure/proto/perdure/v1/task_pb";`;
    const cli = `import "@perdure/engine/main"; import "perdure"; import "commander";`;

    expect(
      violationsIn([
        { path: "services/engine/src/main.ts", text: main },
        { path: "services/engine/src/store/open.ts", text: `import "./mongo/mongo-store.ts"; import "./store.ts";` },
        { path: "cli/src/main.ts", text: cli },
      ]),
    ).toEqual([]);
  });
});

describe("the domain", () => {
  it.each([
    "Date.now()",
    "new Date()",
    "Date()",
    "Math.random()",
    "performance.now()",
    "process.env",
    "setTimeout(f, 1)",
  ])("is said to be impure when it has %s", (expression) => {
    const path = "services/engine/src/domain/timer.ts";

    expect(violationsIn([{ path, text: `export const x = ${expression};` }])).toHaveLength(1);
  });

  it("may turn an instant that it was given into a date, and speak of Date.now() in comments", () => {
    const text = `/** Never Date.now(). */ export const iso = (at: number) => new Date(at).toISOString() + Math.max(at, 0);`;

    expect(violationsIn([{ path: "services/engine/src/domain/time.ts", text }])).toEqual([]);
  });
});
