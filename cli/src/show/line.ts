import { styled } from "../output.ts";
import type { Line } from "./narrate.ts";
import { clockText } from "./time.ts";

/** Names up to this length stand in a column. */
const NAME_WIDTH = 22;

const STYLES = { quiet: "dim", good: "green", bad: "red", attention: "yellow" } as const;

/** A line as it is printed. @param instance Says which instance it is about, where there are several. */
export function lineText({ at, step, text, tone }: Line, instance?: string): string {
  const time = styled("dim", clockText(at));
  const parts = [time, ...(instance === undefined ? [] : [styled("dim", instance)])];
  if (step !== "") parts.push(step.padEnd(NAME_WIDTH));
  return [...parts, tone === "progress" ? text : styled(STYLES[tone], text)].join("  ");
}
