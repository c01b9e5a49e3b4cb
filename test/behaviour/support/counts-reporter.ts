import type { Reporter, TestModule } from "vitest/node";

/** Ends a run with the counts of each configuration. */
export default class CountsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const byProject = Map.groupBy(modules, ({ project }) => project.name);
    const rows = [...byProject].toSorted(([a], [b]) => a.localeCompare(b));
    console.log("");
    for (const [project, files] of rows) {
      const results = files.flatMap(({ children }) => [...children.allTests()].map((test) => test.result().state));
      const count = (state: string): number => results.filter((result) => result === state).length;
      const broken = files.filter((file) => file.errors().length > 0).length;
      const failed = count("failed") + broken;
      console.log(`${project.padEnd(28)} ${count("passed")} passed, ${failed} failed, ${count("skipped")} skipped`);
    }
  }
}
