import { relative, resolve, sep } from "node:path";

/** A path as people know it: from the working directory on, unless it lies elsewhere. */
export function shownPath(path: string): string {
  const short = relative("", path);
  return short === ".." || short.startsWith(`..${sep}`) || short === "" ? resolve(path) : short;
}
