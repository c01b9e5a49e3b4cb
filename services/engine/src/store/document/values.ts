import { Binary } from "bson";
import type { EpochMs } from "../../domain/time.ts";
import { Misfit, type Codec } from "./codec.ts";

/** BSON's first subtype for uses of one's own: the UTF-16LE units of a text that UTF-8 cannot hold. */
const UTF16 = 0x80;

/** A count, a position, a number that tells things apart. */
export const integer: Codec<number> = {
  write: (value) => value,
  read: (value) => {
    if (Number.isSafeInteger(value)) return value as number;
    throw new Misfit("an integer", value);
  },
};

/** A length of time: fractions and infinity are fine. */
export const milliseconds: Codec<number> = {
  write: (value) => value,
  read: (value) => {
    if (typeof value === "number") return value;
    throw new Misfit("a number", value);
  },
};

export const flag: Codec<boolean> = {
  write: (value) => value,
  read: (value) => {
    if (typeof value === "boolean") return value;
    throw new Misfit("true or false", value);
  },
};

/** Left out when false: a document of before the field was known reads the same. */
export const mark: Codec<boolean> = {
  write: (value) => (value ? true : undefined),
  read: (value) => value !== undefined && flag.read(value),
};

/** What falls between two milliseconds becomes the later: a timer never fires early. @throws {RangeError} when no date can say it. */
export function wholeMs(at: EpochMs): EpochMs {
  const whole = Math.ceil(at);
  if (Number.isNaN(new Date(whole).getTime())) throw new RangeError(`${at} is not an instant`);
  return whole;
}

/** A date, so that people can read it. */
export const instant: Codec<EpochMs> = {
  write: (at) => new Date(wholeMs(at)),
  read: (value) => {
    if (value instanceof Date && !Number.isNaN(value.getTime())) return value.getTime();
    throw new Misfit("a date", value);
  },
};

/** A string; one with half a surrogate pair, which UTF-8 would change, is kept as its UTF-16 units. */
export const text: Codec<string> = {
  write: (value) => (value.isWellFormed() ? value : new Binary(Buffer.from(value, "utf16le"), UTF16)),
  read: (value) => {
    if (typeof value === "string") return value;
    if (isBinary(value, UTF16)) return Buffer.from(value.value()).toString("utf16le");
    throw new Misfit("a text", value);
  },
};

export const bytes: Codec<Uint8Array> = {
  write: (value) => value,
  read: (value) => {
    // A copy: what was read is a part of the whole answer, and would keep it all in memory.
    if (isBinary(value, Binary.SUBTYPE_DEFAULT)) return new Uint8Array(value.value());
    throw new Misfit("bytes", value);
  },
};

/** By its mark and not by its class: the driver may have loaded another copy of the library. */
function isBinary(value: unknown, subtype: number): value is Binary {
  const binary = value as Partial<Binary> | null | undefined;
  // oxlint-disable-next-line no-underscore-dangle -- the library's own name for its mark
  return binary?._bsontype === "Binary" && binary.sub_type === subtype;
}

export function oneOf<T extends string>(allowed: Readonly<Record<T, true>>): Codec<T> {
  return {
    write: (value) => value,
    read: (value) => {
      if (typeof value === "string" && Object.hasOwn(allowed, value)) return value as T;
      throw new Misfit(`one of ${Object.keys(allowed).join(", ")}`, value);
    },
  };
}
