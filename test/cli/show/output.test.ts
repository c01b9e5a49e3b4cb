import { plain } from "@perdure/cli/output";
import { facts, table } from "@perdure/cli/show/table";
import { describe, expect, it } from "vitest";

describe("a text of unknown origin", () => {
  it("cannot steer a terminal", () => {
    expect(plain("\u001b[31mred\u001b[0m \u009b2J \u0007 \u007f")).toBe("red  \\x07 \\x7f");
  });

  it("is one line", () => {
    expect(plain("a\r\n   b\nc\td")).toBe("a b c\\x09d");
  });

  it("keeps letters of any script", () => {
    expect(plain("señor 東京 🙂")).toBe("señor 東京 🙂");
  });
});

describe("a table", () => {
  it("has columns as wide as their widest cell, by what a terminal shows", () => {
    const text = table(
      ["A", "B"],
      [
        ["東京", "1"],
        ["x", "22"],
      ],
    );
    expect(text).toBe("A     B\n東京  1\nx     22");
  });
});

describe("facts", () => {
  it("leave out what has no value", () => {
    expect(
      facts([
        ["run", "1"],
        ["ended", ""],
        ["created", "today"],
      ]),
    ).toBe("run      1\ncreated  today");
  });
});
