/** How a callback is known to the outside: the part of a step's context that is recorded. */
export interface Attempt {
  readonly step: { readonly name: string; readonly count: number };
  readonly attempt: number;
}

/**
 * The binding `RECORDER` of all workflow modules here: it tells the outside what a callback does. Only callbacks of steps
 * use it, since code between the steps runs as often as the engine likes.
 */
export interface Recorder {
  /** Notes that an attempt has begun. */
  attempt(attempt: Attempt): Promise<void>;
  /** Notes anything else. */
  record(effect: string): Promise<void>;
}

/** What every workflow module here finds in `this.env`. */
export interface Env {
  readonly RECORDER: Recorder;
}
