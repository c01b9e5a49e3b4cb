import { create } from "@bufbuild/protobuf";
import { types } from "node:util";
import { type Failure, FailureSchema } from "../gen/perdure/v1/failure_pb.ts";
import { decodeValue } from "./values/decode.ts";
import { encodeValue } from "./values/encode.ts";
import { errorParts, isError, rebuildError } from "./values/error-parts.ts";
import { FailureDetails } from "./failure-details.ts";

/** Longest message and longest stack that are stored, in UTF-16 units. What is longer ends in "…". */
export const FAILURE_TEXT_LENGTH_MAX = 32_768;

/** What `Failure.details` holds, as a value in the form of docs/values.md. Every key may be absent. */
interface Details {
  /** "DOMException"; for all others the name tells the class. */
  readonly class?: string;
  /** The error's own properties, `cause` and `errors` among them. */
  readonly properties?: Readonly<Record<string, unknown>>;
  /** What was thrown, when it was an object but no error. */
  readonly thrown?: unknown;
}

/**
 * The stored form of whatever a step's callback or `run` threw. Never throws.
 *
 * Errors keep name, message, stack, cause and own properties (a property that cannot be stored is left out);
 * their class comes back by name. A thrown object is an "Error" with a message such as `#<Object>` to those
 * who list instances, and the object again to a `catch` in `run`. Any other value is an `Error` with its text.
 *
 * @example
 * encodeFailure(new TypeError("no such user")); // { name: "TypeError", message: "no such user", stack: … }
 * encodeFailure("out of stock"); // { name: "Error", message: "out of stock" }
 */
export function encodeFailure(thrown: unknown): Failure {
  if (typeof thrown !== "object" || thrown === null) return failure("Error", String(thrown), undefined, {});
  const details = new FailureDetails(thrown);
  if (types.isProxy(thrown) || !isError(thrown)) {
    const kept = details.object(thrown);
    return failure("Error", `#<${className(thrown)}>`, undefined, kept === undefined ? {} : { thrown: kept });
  }
  const { name, message, stack, class: errorClass, properties } = errorParts(thrown);
  const kept = details.properties(properties);
  return failure(name, message, stack, {
    ...(errorClass !== undefined && { class: errorClass }),
    ...(kept.length > 0 && { properties: Object.fromEntries(kept) }),
  });
}

function failure(name: string, message: string, stack: string | undefined, details: Details): Failure {
  return create(FailureSchema, {
    // Never empty, as readers in other languages make a class of it.
    name: shortened(name) || "Error",
    message: shortened(message),
    ...(stack !== undefined && { stack: shortened(stack) }),
    ...(Object.keys(details).length > 0 && { details: encodeValue(details) }),
  });
}

/**
 * What `run` catches for a stored failure.
 *
 * An error of the same class when its name is a built-in one (`TypeError`, `AggregateError`, `DOMException` …),
 * else an `Error` with that name: not an instance of the class that was thrown. The object itself when an
 * object was thrown that is no error.
 */
export function decodeFailure(stored: Failure): unknown {
  const details = stored.details === undefined ? {} : decodeDetails(stored.details);
  if ("thrown" in details) return details.thrown;
  return rebuildError({
    name: stored.name,
    message: stored.message,
    ...(stored.stack !== undefined && { stack: stored.stack }),
    ...(details.class === "DOMException" && { class: details.class }),
    properties: Object.entries(details.properties ?? {}),
  });
}

/** Details that cannot be read must not hide the failure they belong to. */
function decodeDetails(payload: NonNullable<Failure["details"]>): Details {
  try {
    const details = decodeValue(payload);
    return typeof details === "object" && details !== null ? details : {};
  } catch {
    return {};
  }
}

/** Half a surrogate pair cannot be stored in a protobuf string. */
const shortened = (text: string): string =>
  (text.length > FAILURE_TEXT_LENGTH_MAX ? `${text.slice(0, FAILURE_TEXT_LENGTH_MAX - 1)}…` : text).toWellFormed();

function className(value: object): string {
  if (types.isProxy(value)) return "Object";
  const { constructor } = value as { constructor?: unknown };
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "Object";
}
