import { expect, it } from "vitest";
import { manualPage } from "../../cli/scripts/manual.ts";

it("the manual says what --help says; npm run manual --workspace cli brings it up to date", async () => {
  const { written, current } = await manualPage();
  expect(written).toBe(current);
});
