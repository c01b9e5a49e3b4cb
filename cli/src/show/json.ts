import { type DescEnum, type DescField, type DescMessage, type MessageShape, toJson } from "@bufbuild/protobuf";
import { reflect, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import { DurationSchema, TimestampSchema } from "@bufbuild/protobuf/wkt";
import { type Failure, FailureSchema } from "perdure/proto/perdure/v1/failure_pb";
import { type Payload, PayloadSchema } from "perdure/proto/perdure/v1/payload_pb";
import { decodeValue } from "perdure/values/decode";
import { jsonForm } from "perdure/values/json-form";

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * A message as programs read it: protobuf's JSON names and times, but values in their JSON form, failures as
 * name and message, and the words of enums as the programming model spells them. What is not set is left out.
 */
export function messageJson<D extends DescMessage>(desc: D, message: MessageShape<D>): JsonObject {
  return fieldsJson(reflect(desc, message));
}

/** The word for a number of an enum: INSTANCE_STATUS_WAITING_FOR_PAUSE is "waitingForPause". */
export function enumWord(desc: DescEnum, value: number): string {
  const name = desc.value[value]?.name ?? String(value);
  return name
    .slice(desc.sharedPrefix?.length ?? 0)
    .toLowerCase()
    .replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** A value in the form that `JSON.stringify` takes; null for `undefined` and where there is none. */
export function payloadJson(payload: Payload | undefined): unknown {
  return payload === undefined ? null : jsonForm(decodeValue(payload));
}

export function failureJson({ name, message }: Failure): { readonly name: string; readonly message: string } {
  return { name, message };
}

function fieldsJson(message: ReflectMessage): JsonObject {
  return Object.fromEntries(
    message.fields
      .filter((field) => isShown(message, field))
      .map((field) => [field.jsonName, fieldJson(message, field)]),
  );
}

/** A number or flag that cannot be unset is shown when it is 0 or false too. */
function isShown(message: ReflectMessage, field: DescField): boolean {
  return (
    message.isSet(field) || (field.fieldKind === "scalar" && field.oneof === undefined && !field.proto.proto3Optional)
  );
}

function fieldJson(message: ReflectMessage, field: DescField): unknown {
  switch (field.fieldKind) {
    case "scalar":
      return message.get(field);
    case "enum":
      return enumWord(field.enum, message.get(field));
    case "message":
      return nestedJson(message.get(field));
    case "list":
      return Array.from(message.get(field), (item) =>
        field.listKind === "message" ? nestedJson(item as ReflectMessage) : item,
      );
    case "map":
      return toJson(message.desc, message.message);
  }
}

function nestedJson(nested: ReflectMessage): unknown {
  const { desc, message } = nested;
  switch (desc.typeName) {
    case PayloadSchema.typeName:
      return payloadJson(message as Payload);
    case FailureSchema.typeName:
      return failureJson(message as Failure);
    case TimestampSchema.typeName:
    case DurationSchema.typeName:
      return toJson(desc, message);
    default:
      return fieldsJson(nested);
  }
}
