import { describe, expect, it } from "vitest";
import { EVENT_TYPE, INSTANCE_ID, nameText, WORKFLOW_NAME } from "../../services/engine/src/domain/name.ts";

const PATTERNS = [
  { what: "a workflow's name", pattern: WORKFLOW_NAME, longest: 64 },
  { what: "an instance's id", pattern: INSTANCE_ID, longest: 100 },
  { what: "an event's type", pattern: EVENT_TYPE, longest: 100 },
];

describe.each(PATTERNS)("$what", ({ pattern, longest }) => {
  it.each(["a", "A-z_09", "_", "0", "a".repeat(longest)])("may be %j", (text) => {
    expect(text).toMatch(pattern);
  });

  it.each(["", "-a", "a.b", "a b", "é", "a/b", "a\n", "a\u0000", "a".repeat(longest + 1)])("may not be %j", (text) => {
    expect(text).not.toMatch(pattern);
  });
});

it("a name is one text, which no other name has", () => {
  expect(nameText({ namespace: "default", workflow: "orders", id: "one" })).toBe("default/orders/one");
});
