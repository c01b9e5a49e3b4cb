import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

it("runs tests, and what they start, on Node 24 whatever the machine has", () => {
  const started = execFileSync("node", ["--version"], { encoding: "utf8" });

  expect([process.version, started]).toEqual([expect.stringMatching(/^v24\./), expect.stringMatching(/^v24\./)]);
});
