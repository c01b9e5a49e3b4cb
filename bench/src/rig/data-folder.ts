import { existsSync, statfsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** Beside the bench and not where temporary files go: those are kept in memory on many machines. */
const PARENT = join(import.meta.dirname, "..", "..", ".data");

/** What statfs calls file systems that lose everything with the power. */
const IN_MEMORY = new Map([
  [0x01021994, "tmpfs"],
  [0x858458f6, "ramfs"],
]);

/** A folder on disk for one rig's files, removed with it. */
export class DataFolder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** @throws {Error} where nothing would be durable, whatever the store does. */
  static async create(): Promise<DataFolder> {
    await mkdir(PARENT, { recursive: true });
    const inMemory = IN_MEMORY.get(statfsSync(PARENT).type);
    if (inMemory !== undefined)
      throw new Error(`${PARENT} is on ${inMemory}: figures of a store that writes to memory say nothing`);
    await removeLeftovers();
    return new DataFolder(await mkdtemp(join(PARENT, `${process.pid}-`)));
  }

  /** The path of a file in it. */
  file(name: string): string {
    return join(this.path, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** What benches left that were killed: their process is in the folder's name. */
async function removeLeftovers(): Promise<void> {
  const names = (await readdir(PARENT)).filter((name) => !existsSync(`/proc/${name.split("-", 1)[0]}`));
  await Promise.all(names.map((name) => rm(join(PARENT, name), { recursive: true, force: true })));
}
