import type { Head, HeadIndex } from "../../domain/head.ts";
import { nameText, type InstanceName } from "../../domain/name.ts";
import { readBirth, readIndex, readName, writeBirth, writeIndex, type PlainDocument } from "../document.ts";
import type { Place } from "../place.ts";
import type { HeadDocument } from "./collections.ts";

export function headDocument({ birth, index }: Head): HeadDocument {
  const at = placeOf(index);
  return {
    _id: nameText(birth.name),
    uid: birth.uid,
    ...writeBirth(birth),
    ...indexFields(index),
    at,
    summonedFor: at,
  };
}

/** The fields of an index but its place, which is `at`. */
export function indexFields(index: HeadIndex): PlainDocument {
  const { run: _run, position: _position, ...fields } = writeIndex(index);
  return fields;
}

/** In the order in which documents are compared. */
export function placeOf({ run, position }: Place): Place {
  return { run, position };
}

/** @throws {EngineError} CORRUPT_DOCUMENT. */
export function readHead(document: HeadDocument): Head {
  return { birth: readBirth(nameOf(document), document), index: readHeadIndex(document) };
}

/** @throws {EngineError} CORRUPT_DOCUMENT. */
export function readHeadIndex(document: HeadDocument): HeadIndex {
  return readIndex(nameOf(document), { ...document, ...document.at });
}

/** @throws {EngineError} CORRUPT_DOCUMENT. */
export function readPointer(document: HeadDocument): { readonly name: InstanceName; readonly uid: string } {
  return { name: readName(nameOf(document), document), uid: document.uid };
}

function nameOf({ _id: name }: HeadDocument): string {
  return name;
}
