/**
 * Turns Vitest's JSON report, named on the command line, into one closing line.
 *
 * Fails unless at least one test ran and none failed.
 */
import { readFileSync } from "node:fs";

/** The part of the report that counts. */
export interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** A file that fails without a failed test, because it does not load, counts as one. */
export function tally(report: TestReport): { readonly passed: number; readonly failed: number } {
  const broken = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed"),
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length };
}

/** A run that ended without its report has failed. */
function read(path: string): TestReport {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as TestReport;
  } catch {
    return { numPassedTests: 0, numFailedTests: 1, testResults: [] };
  }
}

if (import.meta.main) {
  const { passed, failed } = tally(read(process.argv[2] ?? ""));
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
}
