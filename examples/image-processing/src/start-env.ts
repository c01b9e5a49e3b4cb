import { join } from "node:path";
import { fileURLToPath } from "node:url";
import env from "./env.ts";

/** Holds the bucket and the store of `npm start`: the example's own folder, unless the environment names another. */
export const FOLDER = process.env["PERDURE_EXAMPLE_FOLDER"] ?? fileURLToPath(new URL("..", import.meta.url));

export const BUCKET_FOLDER = join(FOLDER, "bucket");

export default () => env(BUCKET_FOLDER);
