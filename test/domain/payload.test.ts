import { describe, expect, it } from "vitest";
import { PAYLOAD_BYTES_MAX } from "../../services/engine/src/domain/limits.ts";
import type { Payload } from "../../services/engine/src/domain/payload.ts";
import { complete, start } from "./support/operations.ts";
import { refusalOf, Story } from "./support/story.ts";

const HEAVIEST: readonly Payload[] = [
  { form: "json", text: JSON.stringify("x".repeat(PAYLOAD_BYTES_MAX - 2)) },
  { form: "bytes", bytes: new Uint8Array(PAYLOAD_BYTES_MAX), kind: null },
  { form: "cbor", bytes: new Uint8Array(PAYLOAD_BYTES_MAX) },
];
const TOO_HEAVY: readonly Payload[] = [
  { form: "json", text: JSON.stringify("x".repeat(PAYLOAD_BYTES_MAX - 1)) },
  { form: "bytes", bytes: new Uint8Array(PAYLOAD_BYTES_MAX + 1), kind: null },
  { form: "cbor", bytes: new Uint8Array(PAYLOAD_BYTES_MAX + 1) },
];

describe("a payload", () => {
  it.each(HEAVIEST)("of 1 MiB is taken, as $form", (payload) => {
    const story = new Story().grant();
    story.send("go", { payload });
    story.report([start("a"), complete("a", payload), { kind: "completeInstance", output: payload }]);

    expect(story.status).toBe("complete");
  });

  it.each(TOO_HEAVY)("of one byte more is refused, as $form", (payload) => {
    const story = new Story().grant();
    const metadata = { limitBytes: "1048576", actualBytes: "1048577" };
    const refused = [
      refusalOf(() => story.send("go", { payload })),
      refusalOf(() => story.report([start("a"), complete("a", payload)])),
      refusalOf(() => story.report([{ kind: "completeInstance", output: payload }])),
    ];

    expect(refused).toEqual(
      ['the payload of event "go"', 'the output of step "a"', "the output of the instance"].map((what) => ({
        reason: "LIMIT_EXCEEDED",
        message: `${what} has 1048577 bytes; at most 1048576 are allowed`,
        metadata,
      })),
    );
    expect(story.state.position).toBe(1);
  });
});
