import { styled } from "../output.ts";
import type { Line } from "./narrate.ts";
import { clockText } from "./time.ts";

/** Names up to this length stand in a column. */
const NAME_WIDTH = 22;

const TONES = {
  quiet: "dim",
  progress: "reset",
  good: "green",
  bad: "red",
  attention: "yellow",
} as const satisfies Record<Line["tone"], string>;

/** A line as it is printed. @param instance Says which instance it is about, where there are several. */
export function lineText({ at, step, text, tone }: Line, instance?: string): string {
  const time = styled("dim", clockText(at));
  const parts = [time, ...(instance === undefined ? [] : [styled("dim", instance)])];
  if (step !== "") parts.push(step.padEnd(NAME_WIDTH));
  return [...parts, styled(TONES[tone], text)].join("  ");
}
