import { create, ScalarType, type DescField } from "@bufbuild/protobuf";

const TEXTS = [
  "",
  "\0",
  "a\nb",
  "..",
  "a/b",
  "$where",
  "__proto__",
  "constructor",
  "\u202eevil",
  "\ufeff",
  "💥".repeat(300),
  "x".repeat(100_000),
];
const WHOLE = [0, 1, 2 ** 31 - 1, 2 ** 32 - 1];
const SIGNED = [0, -1, 2 ** 31 - 1, -(2 ** 31)];
const LONG = [0n, -1n, 1n, 31_536_001n, 2n ** 63n - 1n, -(2n ** 63n)];
const DOUBLES = [0, -0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e308];
const BYTES = [new Uint8Array(), new Uint8Array([0xff]), new Uint8Array(1_048_577)];

/** What a peer can send in a field's own type, and no honest one would. */
export function hostileValues(field: DescField): readonly unknown[] {
  switch (field.fieldKind) {
    case "scalar":
      return scalars(field.scalar);
    case "enum":
      return [0, 1, 99, -1, 2 ** 31 - 1];
    case "message":
      return [create(field.message)];
    case "list": {
      const elements = elementsOf(field);
      return [
        [],
        ...elements.map((element) => [element]),
        ...[2, 1_001, 10_001].map((n) => Array(n).fill(elements[0])),
      ];
    }
    case "map":
      return [];
  }
}

function elementsOf(field: DescField & { fieldKind: "list" }): readonly unknown[] {
  switch (field.listKind) {
    case "scalar":
      return scalars(field.scalar);
    case "enum":
      return [1, 0, 99];
    case "message":
      return [create(field.message)];
  }
}

function scalars(type: ScalarType): readonly unknown[] {
  switch (type) {
    case ScalarType.STRING:
      return TEXTS;
    case ScalarType.BYTES:
      return BYTES;
    case ScalarType.BOOL:
      return [true, false];
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return DOUBLES;
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return WHOLE;
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return SIGNED;
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return LONG;
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return LONG.filter((value) => value >= 0n);
  }
}

/** JSON that is of another type than any field, or of none that the field could take, as texts. */
export const WRONG_JSON: readonly string[] = [
  "null",
  "true",
  "-1",
  "1.5",
  "1e400",
  "99999999999999999999",
  `"x"`,
  `"\\ud800"`,
  `"NaN"`,
  "[]",
  "[null]",
  "[[[]]]",
  "{}",
  `{"__proto__":{"polluted":true}}`,
  `${"[".repeat(5_000)}${"]".repeat(5_000)}`,
];
