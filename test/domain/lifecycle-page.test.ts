import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { lifecyclePage } from "../../scripts/lifecycle-doc.ts";

it("docs/lifecycle.md is what the tables say; otherwise: npm run lifecycle", async () => {
  const page = await readFile(join(import.meta.dirname, "../../docs/lifecycle.md"), "utf8");

  expect(page).toBe(await lifecyclePage());
});
