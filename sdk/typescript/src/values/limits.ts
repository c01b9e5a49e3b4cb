/** Largest params, step result, event payload or output of `run`, in bytes of its encoded form: 1 MiB, the model's limit. */
export const STEP_OUTPUT_BYTES_MAX = 1_048_576;

/** Deepest nesting. Jackson, the strictest of the common JSON readers that are not built for less, stops at 1,000. */
export const VALUE_DEPTH_MAX = 1_000;

/**
 * Walking a value stops when it is sure to be this many times larger than allowed: shared parts can multiply
 * without end. Up to here a refusal names the exact size.
 */
export const WALK_FACTOR = 2;
