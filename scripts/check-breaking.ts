/** Fails when the protos break clients of an older main: the branch point when there is one, else the commit before. */
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";

const cwd = dirname(import.meta.dirname);
const PROTOS = "proto/perdure/v1";

function git(...args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync("git", args, { cwd, encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

const head = git("rev-parse", "HEAD");
const branchPoint = git("merge-base", "HEAD", "origin/main");
const older = branchPoint === undefined || branchPoint === head ? git("rev-parse", "--verify", "HEAD~1") : branchPoint;

if (older === undefined || git("cat-file", "-e", `${older}:${PROTOS}`) === undefined) {
  console.log("No older main with protos: nothing to compare with.");
} else {
  const { status } = spawnSync("buf", ["breaking", "--against", `.git#ref=${older}`], { cwd, stdio: "inherit" });
  process.exitCode = status ?? 1;
}
