import type { ValueKind } from "./program.ts";

const VALUES = {
  nothing: () => undefined,
  null: () => null,
  true: () => true,
  text: () => "text, ünïcode \u{1f600}",
  number: () => 1.5e-7,
  "negative zero": () => -0,
  "not a number": () => Number.NaN,
  bigint: () => 2n ** 70n,
  date: () => new Date(Date.UTC(2026, 10, 17)),
  map: () => new Map<unknown, unknown>([["key", new Set([1])]]),
  set: () => new Set<unknown>([1, "1", null]),
  bytes: () => new Uint8Array([1, 2, 3]),
  buffer: () => new Uint8Array([4, 5]).buffer,
  regexp: () => /a+/gi,
  list: () => [1, "two", [null, { three: 3 }]],
  object: () => ({ nested: { list: [1], nothing: undefined }, when: new Date(0) }),
  error: () => new RangeError("a value"),
} as const satisfies Record<ValueKind, () => unknown>;

/** A fresh value of a kind, the same each time. */
export const valueOf = (kind: ValueKind): unknown => VALUES[kind]();
