import { described } from "../../workflows/described.ts";
import type { ToldEvent } from "./stage.ts";

/** An event of `subscribe` as it is compared: values described, without what differs from run to run. */
export function toldOf(event: object): ToldEvent {
  const { instanceId: _id, eventId: _place, timestamp, params: _params, ...told } = event as ToldEvent;
  const { output, ...rest } = { ...told, at: timestamp } as ToldEvent;
  return output === undefined ? rest : { ...rest, output: described(output) };
}
