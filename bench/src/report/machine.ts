import { execFileSync } from "node:child_process";
import { readFileSync, statfsSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..", "..");

/** What ran, and on what: as much as a reader needs to compare, nothing that names a host or a person. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  /** The type by which statfs names the file system of the data, in hexadecimal: ef53 is ext4. */
  readonly fileSystem: string;
}

export interface Versions {
  readonly perdure: string;
  /** The commit that was checked out, "+" when files differed from it; undefined outside of a clone. */
  readonly commit: string | undefined;
  readonly node: string;
  readonly sqlite: string;
}

export function describeMachine(dataFolder: string): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model ?? "unknown",
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    fileSystem: statfsSync(dataFolder).type.toString(16),
  };
}

export function describeVersions(): Versions {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { readonly version: string };
  return {
    perdure: version,
    commit: commit(),
    node: process.versions.node,
    sqlite: process.versions["sqlite"] ?? "none",
  };
}

function commit(): string | undefined {
  try {
    return git("describe", "--always", "--abbrev=12", "--dirty=+", "--exclude=*");
  } catch {
    return undefined;
  }
}

function git(...parameters: readonly string[]): string {
  return execFileSync("git", parameters, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}
