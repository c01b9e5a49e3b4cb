import { WorkflowFatalError, WorkflowInternalError } from "../errors.ts";

/** What a value was meant to be, for messages. */
export interface ValueUse {
  /** What paths start with. Default "output". */
  readonly root?: string;
  /** The step whose result it is. */
  readonly step?: string;
}

/**
 * A value holds something that lives only in its process: a function, a stub, a Proxy, a stream.
 *
 * Ends the whole instance, as the programming model has it: `run` cannot catch it.
 */
export class NotSerialisableError extends WorkflowFatalError {
  /** Where, `output.items[3].callback` for instance. */
  readonly path: string;

  constructor(path: string, what: string, { step }: ValueUse) {
    super(
      step === undefined
        ? `${path} is not serialisable: it is ${what}`
        : `The execution of the Workflow instance was terminated, as the step "${step}" returned a value which is not serialisable: ${path} is ${what}`,
    );
    this.path = path;
  }
}

/** A value, encoded, is larger than allowed. Catchable; a retry would give the same. */
export class ValueTooLargeError extends WorkflowInternalError {
  /** Size of the encoded value. When it was not worth finding out, the least it can be. */
  readonly actualBytes: number;
  readonly allowedBytes: number;

  constructor(actualBytes: number, allowedBytes: number, { root = "output", step }: ValueUse, atLeast = "") {
    const what = step === undefined ? `The ${root}` : `The ${root} of step "${step}"`;
    super(`${what} is too large: ${atLeast}${actualBytes} bytes, and at most ${allowedBytes} bytes are allowed`);
    this.actualBytes = actualBytes;
    this.allowedBytes = allowedBytes;
  }
}

/** A stored value cannot be read: it was damaged, or written in a form that this version does not know. */
export class CorruptPayloadError extends Error {
  override name = "CorruptPayloadError";
}

/**
 * A value that structured cloning refuses: a class instance, a URL, a promise, a circle.
 *
 * An ordinary error of the attempt: it is retried and can be caught. The programming model's name for it.
 */
export function dataCloneError(path: string, what: string, { step }: ValueUse): DOMException {
  const of = step === undefined ? "" : ` of step "${step}"`;
  return new DOMException(`${path}${of} could not be cloned: it is ${what}`, "DataCloneError");
}
