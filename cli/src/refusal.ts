import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorInfoSchema } from "perdure/proto/google/rpc/error_details_pb";
import { plain } from "./output.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";

/** Why a command could not do its work, for people and for programs. */
export interface Refusal {
  /** The engine's reason, or one of ours: ENGINE_UNREACHABLE, NO_ENGINE, INSTANCE_NOT_FOUND for `latest` of none. */
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly exitCode: ExitCode;
}

/** A refusal that the command itself decided. */
export class CommandRefused extends Error {
  override name = "CommandRefused";
  readonly reason: string;
  readonly exitCode: ExitCode;

  constructor(reason: string, message: string, exitCode: ExitCode = EXIT.failed) {
    super(message);
    this.reason = reason;
    this.exitCode = exitCode;
  }
}

/** What a caller can do about a reason, where the engine's own sentence does not say it. */
const ADVICE: Readonly<Record<string, string>> = {
  INVALID_FIELD: "`--help` says what can be given",
  INSTANCE_NOT_FOUND: "`perdure instances list` shows those there are; finished ones are purged after a while",
  INSTANCE_EXISTS: "choose another --id, or none to get a new one",
  STEP_NOT_FOUND: "`perdure instances describe` shows the steps that it has started",
  INVALID_TRANSITION: "`perdure instances describe` shows what it is doing",
  LIMIT_EXCEEDED: "pass a reference to where the data is kept instead",
  JOURNAL_CONFLICT: "try again",
  STORE_UNAVAILABLE: "the engine lives, but cannot reach its store; try again",
  SHUTTING_DOWN: "the engine is being stopped; try again",
  CORRUPT_DOCUMENT: "the store holds a record that the engine cannot read; its log says which",
};

/** Makes a refusal of whatever a command threw; null for what is a bug of ours. */
export function refusalOf(thrown: unknown, address: string): Refusal | null {
  if (thrown instanceof CommandRefused) {
    return { reason: thrown.reason, message: thrown.message, metadata: {}, exitCode: thrown.exitCode };
  }
  if (!(thrown instanceof ConnectError)) return null;
  const info = thrown.findDetails(ErrorInfoSchema)[0];
  if (info === undefined) return unreachable(thrown, address);
  const advice = ADVICE[info.reason];
  return {
    reason: info.reason,
    message: plain(thrown.rawMessage) + (advice === undefined ? "" : `; ${advice}`),
    metadata: info.metadata,
    exitCode: info.reason === "INVALID_FIELD" ? EXIT.usage : EXIT.failed,
  };
}

/** Nobody of ours has answered: an engine gives a reason with every refusal. */
function unreachable(error: ConnectError, address: string): Refusal {
  const about = { metadata: { address }, exitCode: EXIT.unreachable };
  if (error.code === Code.Unavailable || error.code === Code.DeadlineExceeded || error.code === Code.Canceled) {
    return {
      reason: "ENGINE_UNREACHABLE",
      message: `no engine answers at ${address}; start one with \`perdure server\`, or name another with --engine`,
      ...about,
    };
  }
  return {
    reason: "NO_ENGINE",
    message: `what answers at ${address} is no engine: ${plain(error.rawMessage)}`,
    ...about,
  };
}
