import type { InstanceRef } from "perdure/proto/perdure/v1/instance_pb";
import { terminal } from "../output.ts";
import { InstanceStory } from "../show/instance-story.ts";
import { lineText } from "../show/line.ts";
import type { NewListener } from "./newcomers.ts";

/** Ids up to this length are shown whole, of a longer one, a UUID, its beginning. */
const ID_LENGTH_MAX = 20;
const ID_LENGTH_CUT = 8;

/** Prints what happens to one of several instances, each line with its name. */
export const linePrinter: NewListener = ({ ref }) => {
  const story = new InstanceStory();
  const name = shortName(ref);
  return (followed) => {
    for (const line of story.lines(followed)) terminal.print(lineText(line, name));
  };
};

function shortName(ref: InstanceRef | undefined): string {
  const { workflow = "", instanceId = "" } = ref ?? {};
  return `${workflow}/${instanceId.length <= ID_LENGTH_MAX ? instanceId : `${instanceId.slice(0, ID_LENGTH_CUT)}…`}`;
}
