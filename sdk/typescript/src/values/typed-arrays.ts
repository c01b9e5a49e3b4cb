import { endianness } from "node:os";

type TypedArray =
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigUint64Array
  | BigInt64Array;

interface TypedArrayClass {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): TypedArray;
}

/** Absent before Node 24. */
const { Float16Array } = globalThis as unknown as { Float16Array?: TypedArrayClass };

/**
 * Tags of RFC 8746, little-endian and big-endian. `Uint8Array` has none: it is a plain byte string.
 * What is one byte wide has one tag.
 */
// prettier-ignore
const TAGS: readonly (readonly [name: string, type: TypedArrayClass | undefined, little: number, big: number])[] = [
  ["Uint8ClampedArray", Uint8ClampedArray, 68, 68],
  ["Int8Array",         Int8Array,         72, 72],
  ["Uint16Array",       Uint16Array,       69, 65],
  ["Uint32Array",       Uint32Array,       70, 66],
  ["BigUint64Array",    BigUint64Array,    71, 67],
  ["Int16Array",        Int16Array,        77, 73],
  ["Int32Array",        Int32Array,        78, 74],
  ["BigInt64Array",     BigInt64Array,     79, 75],
  ["Float16Array",      Float16Array,      84, 80],
  ["Float32Array",      Float32Array,      85, 81],
  ["Float64Array",      Float64Array,      86, 82],
];

/** Byte strings of this tag read as `Uint8Array` too. */
export const UINT8_TAG = 64;

/** All tags that {@link typedArrayOf} reads. */
export const TYPED_ARRAY_TAGS: readonly number[] = [...new Set([UINT8_TAG, ...TAGS.flatMap(([, , ...tags]) => tags)])];

const HOST_IS_LITTLE = endianness() === "LE";

/** Tag for the bytes as they lie in this machine's memory. Undefined for `Uint8Array`. */
export function typedArrayTag(className: string): number | undefined {
  const row = TAGS.find(([name]) => name === className);
  return row && (HOST_IS_LITTLE ? row[2] : row[3]);
}

/** @throws Error when the bytes are no whole number of elements, or this Node has no such class. */
export function typedArrayOf(tag: number, bytes: Uint8Array): ArrayBufferView {
  const copy = Uint8Array.from(bytes);
  if (tag === UINT8_TAG) return copy;
  const row = TAGS.find(([, , little, big]) => tag === little || tag === big);
  const type = row?.[1];
  if (row === undefined || type === undefined) throw new Error(`typed arrays of tag ${tag} are not known here`);
  const { BYTES_PER_ELEMENT: width } = type;
  if (copy.length % width !== 0) throw new Error(`${copy.length} bytes are no whole ${row[0]}`);
  if (width > 1 && (tag === row[2]) !== HOST_IS_LITTLE) swap(Buffer.from(copy.buffer), width);
  return new type(copy.buffer);
}

function swap(bytes: Buffer, width: number): void {
  if (width === 2) bytes.swap16();
  else if (width === 4) bytes.swap32();
  else bytes.swap64();
}
