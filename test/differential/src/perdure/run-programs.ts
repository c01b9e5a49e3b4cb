import { json } from "node:stream/consumers";
import type { Program } from "../generated/program.ts";
import { programsInPerdure } from "./programs.ts";

/** Runs the programs that come as JSON on standard input in Perdure, and prints what they showed in the same order. */
const programs = (await json(process.stdin)) as readonly Program[];
const outcomes = await programsInPerdure(programs);
const inOrder = programs.map((program) => outcomes.get(program));
process.stdout.write(JSON.stringify(inOrder), () => process.exit(0));
