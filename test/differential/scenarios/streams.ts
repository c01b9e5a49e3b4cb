import type { Difference, Scenario } from "../src/scenario.ts";
import type { StreamKind } from "../workflows/streams.ts";

const streams = (name: string, params: object, rest: Partial<Scenario> = {}): Scenario => ({
  name,
  module: "streams.ts",
  className: "Streams",
  params,
  ...rest,
});

const READABLE = [
  "bytes",
  "buffers",
  "text chunks",
  "no chunks",
  "an empty chunk",
  "many chunks",
  "a response's body",
] as const satisfies readonly StreamKind[];

const WRONG = [
  "a stream that fails midway",
  "a stream in an object",
  "numbers as chunks",
  "objects as chunks",
] as const satisfies readonly StreamKind[];

const LOCKED = ["a locked stream", "a stream that was read"] as const satisfies readonly StreamKind[];

const invalid = (reason: string) => ({
  name: "WorkflowFatalError",
  message: `The execution of the Workflow instance was terminated, as the step "stream" returned ${reason}`,
});
const BAD_CHUNK =
  "Step returned a ReadableStream with unsupported chunk type. Only ArrayBuffer and TypedArray chunks are supported.";
const REASONS = {
  "a stream that fails midway": "an invalid ReadableStream output. no more",
  "a stream in an object":
    "a value which is not serialisable: output.stream is a ReadableStream within a value: a step may return one by itself, and nothing else",
  "numbers as chunks": `an invalid ReadableStream output. ${BAD_CHUNK}`,
  "objects as chunks": `an invalid ReadableStream output. ${BAD_CHUNK}`,
} as const satisfies Record<(typeof WRONG)[number], string>;

const refused = (kind: (typeof WRONG)[number]): Difference => ({
  because: "ownWords",
  perdure: { error: invalid(REASONS[kind]) },
});

const LOCKED_IS_FATAL: Difference = {
  because: "lockedIsFatal",
  perdure: {
    error: invalid(
      "an invalid ReadableStream output. Step returned a ReadableStream that is already locked or otherwise unreadable. Return a fresh, unlocked ReadableStream from step.do().",
    ),
    effects: ["stream-1 attempt 1"],
    attempts: { "stream-1": [1] },
  },
};

export const STREAMS: readonly Scenario[] = [
  ...READABLE.map((kind) => streams(`a step's stream is read: ${kind}`, { kind })),
  ...(["bytes", "no chunks"] as const).map((kind) =>
    streams(
      `a step's stream is read again after a replay: ${kind}`,
      { kind, waits: true },
      {
        during: [
          { after: { effect: "waiting" }, call: "pause" },
          { after: { status: "paused" }, call: "resume" },
          { after: "created", call: "sendEvent", event: { type: "go" } },
        ],
      },
    ),
  ),
  ...WRONG.map((kind) => streams(`a step's stream is refused: ${kind}`, { kind }, { differences: [refused(kind)] })),
  ...LOCKED.map((kind) => streams(`a step's stream is refused: ${kind}`, { kind }, { differences: [LOCKED_IS_FATAL] })),
  ...WRONG.map((kind) =>
    streams(
      `a step's stream is refused whoever catches it: ${kind}`,
      { kind, caught: true },
      { differences: [refused(kind)] },
    ),
  ),
  ...LOCKED.map((kind) =>
    streams(
      `a step's stream is refused whoever catches it: ${kind}`,
      { kind, caught: true },
      {
        differences: [{ ...LOCKED_IS_FATAL, perdure: { ...LOCKED_IS_FATAL.perdure, status: "errored", output: null } }],
      },
    ),
  ),
];
