import { describe, expect, it } from "vitest";
import { NonRetryableDelayError, WorkflowError, WorkflowInternalError, WorkflowTimeoutError } from "perdure/errors";
import { isNonRetryable, NonRetryableError } from "perdure/errors-non-retryable";

describe("an error that forbids a retry", () => {
  class NonRetryableOfAnotherCopy extends Error {
    static {
      Object.defineProperty(this.prototype, Symbol.for("perdure.NonRetryableError"), { value: true });
    }
  }
  class CardRefused extends NonRetryableError {
    override name = "CardRefused";
  }

  it.each([
    ["the class", new NonRetryableError("no")],
    ["the class with an empty message", new NonRetryableError("")],
    ["the class under a name of its own", new NonRetryableError("no", "CardRefused")],
    ["a class that extends it", new CardRefused("no")],
    ["the class of another copy of the package", new NonRetryableOfAnotherCopy("no")],
    ["an Error whose name says so", Object.assign(new Error("no"), { name: "NonRetryableError" })],
    ["an Error whose message starts so", new Error("NonRetryableError: no")],
  ])("is %s", (_, error) => {
    expect(isNonRetryable(error)).toBe(true);
  });

  it.each([
    ["another error", new TypeError("no")],
    ["an error that mentions it later", new Error("not a NonRetryableError")],
    ["a string", "NonRetryableError"],
    ["null", null],
    ["undefined", undefined],
  ])("is not %s", (_, thrown) => {
    expect(isNonRetryable(thrown)).toBe(false);
  });

  it("carries the name it is given, else its own", () => {
    expect(new NonRetryableError("no")).toMatchObject({ name: "NonRetryableError", message: "no" });
    expect(new NonRetryableError("no", "CardRefused").name).toBe("CardRefused");
  });
});

describe("errors of the model", () => {
  it("have its names and its words", () => {
    expect(String(new WorkflowTimeoutError(250))).toBe("WorkflowTimeoutError: Execution timed out after 250ms");
    expect(String(WorkflowInternalError.attemptLost())).toBe(
      "WorkflowInternalError: Attempt failed due to internal workflows error",
    );
    expect(new WorkflowError("instance.not_found", "Instance does not exist")).toMatchObject({
      name: "WorkflowError",
      message: "(instance.not_found) Instance does not exist",
      code: "instance.not_found",
    });
    expect([
      NonRetryableDelayError.threw("a-1", new Error("boom")).message,
      NonRetryableDelayError.threw("a-1", "boom").message,
      NonRetryableDelayError.late("a-1").message,
      NonRetryableDelayError.invalid("a-1").message,
    ]).toEqual([
      'The delay function for step "a-1" threw an error: boom',
      'The delay function for step "a-1" threw an error: boom',
      'The delay function for step "a-1" did not return within 5 seconds',
      'The delay function for step "a-1" returned an invalid delay value (expected a number of ms or a duration string like "30 seconds")',
    ]);
  });
});
