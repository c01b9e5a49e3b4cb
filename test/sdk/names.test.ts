import { describe, expect, it } from "vitest";
import { EVENT_TYPE, INSTANCE_ID, isStepName, stepLabel, WORKFLOW_NAME } from "perdure/names";

describe("names", () => {
  it.each([
    ["workflow", WORKFLOW_NAME, 64],
    ["instance id", INSTANCE_ID, 100],
    ["event type", EVENT_TYPE, 100],
  ])("of a %s take letters, digits, _ and - up to a length", (_, pattern, lengthMax) => {
    for (const good of ["a", "_", "7", "Order-7_b", "x".repeat(lengthMax)]) expect(good).toMatch(pattern);
    for (const bad of ["", "-x", "a.b", "a b", "é", "a\n", "x".repeat(lengthMax + 1)]) expect(bad).not.toMatch(pattern);
  });

  it.each(["", "a b", "a.b", "🚀", "\u007f", "x".repeat(256)])("of a step may be %j", (name) => {
    expect(isStepName(name)).toBe(true);
  });

  it.each(["x".repeat(257), "a\nb", "\u0000", "\u001f", "🚀".repeat(129)])("of a step may not be %j", (name) => {
    expect(isStepName(name)).toBe(false);
  });

  it("of a step are shown with their count", () => {
    expect(stepLabel("charge", 2)).toBe("charge-2");
  });
});
