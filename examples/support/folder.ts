import { fileURLToPath } from "node:url";

/**
 * Where an example keeps its store and its data: in its own folder, unless the environment names another.
 *
 * @param module The `import.meta.url` of a module in the example's `src`.
 */
export function exampleFolder(module: string): string {
  return process.env["PERDURE_EXAMPLE_FOLDER"] ?? fileURLToPath(new URL("..", module));
}
