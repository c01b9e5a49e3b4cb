/** CBOR tags in use, all registered with IANA. Typed arrays have theirs in typed-arrays.ts. */
export const TAG = {
  /** A date as RFC 3339 text. Read, never written. */
  dateText: 0,
  /** A date as seconds since the epoch, fractions allowed. */
  dateSeconds: 1,
  /** An integer of any size, as big-endian bytes. */
  bigUnsigned: 2,
  /** -1 minus that. */
  bigNegative: 3,
  /** An object by the name of its class and what it is made with: [name, …]. */
  object: 27,
  /** A set, as an array. */
  set: 258,
  /** A map whose keys may be anything, as a map. Without the tag: a plain object. */
  map: 259,
  /** JSON text as bytes: a string with half a surrogate pair, which UTF-8 cannot hold. */
  json: 262,
  /** A regular expression of ECMAScript, [source, flags]. */
  regExp: 21066,
  /** "This is CBOR". Read, never written. */
  selfDescribed: 55799,
} as const;

/** Names that {@link TAG.object} is used with, besides those of boxed primitives. */
export const OBJECT = {
  arrayBuffer: "ArrayBuffer",
  dataView: "DataView",
  /** NaN: an invalid date. As an ordinary date it would keep other languages from reading the whole value. */
  date: "Date",
  /** A map of {@link ErrorParts}. */
  error: "Error",
  /** An array of pairs. */
  headers: "Headers",
  /** An array with properties of its own: [elements, properties]. */
  array: "Array",
} as const;

/** Boxed primitives: [name, value]. */
export const BOXED = ["Boolean", "Number", "String", "BigInt"] as const;
