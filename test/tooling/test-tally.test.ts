import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { TestReport } from "../../scripts/test-tally.ts";

const SCRIPT = join(import.meta.dirname, "../../scripts/test-tally.ts");
const passed = { status: "passed", assertionResults: [{ status: "passed" }] };
const failed = { status: "failed", assertionResults: [{ status: "passed" }, { status: "failed" }] };
const unloadable = { status: "failed", assertionResults: [] };

describe("the closing line of a CI run", () => {
  it("has the numbers of the report, and the run succeeds when all passed", () => {
    expect(closing({ numPassedTests: 1, numFailedTests: 0, testResults: [passed] })).toEqual([
      "1 passed, 0 failed\n",
      0,
    ]);
  });

  it("counts failed tests, and files that did not load, and the run fails", () => {
    const report = { numPassedTests: 1, numFailedTests: 1, testResults: [failed, unloadable] };

    expect(closing(report)).toEqual(["1 passed, 2 failed\n", 1]);
  });

  it("fails a run without a test", () => {
    expect(closing({ numPassedTests: 0, numFailedTests: 0, testResults: [] })).toEqual(["0 passed, 0 failed\n", 1]);
  });

  it("fails a run without a report", () => {
    expect(closing(undefined)).toEqual(["0 passed, 1 failed\n", 1]);
  });
});

function closing(report: TestReport | undefined): readonly [line: string, exitCode: number | null] {
  const folder = mkdtempSync(join(tmpdir(), "perdure-tally-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "report.json");
  if (report !== undefined) writeFileSync(path, JSON.stringify(report));
  const { stdout, status } = spawnSync(process.execPath, [SCRIPT, path], { encoding: "utf8" });
  return [stdout, status];
}
