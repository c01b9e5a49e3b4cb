import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { DIFFERENCES } from "../differential/differences.ts";

const page = await readFile(new URL("../../docs/compatibility.md", import.meta.url), "utf8");

it.each(Object.entries(DIFFERENCES))("docs/compatibility.md lists the deliberate difference %s", (_name, reason) => {
  expect(page).toContain(`- ${reason}\n`);
});
