import { SCENARIOS } from "../../scenarios/index.ts";
import { topicOf } from "../observed.ts";
import { runInPerdure } from "./peer.ts";

/** Runs the scenarios of one topic in Perdure and prints what was observed, as JSON by the scenario's name. */
const [topic] = process.argv.slice(2);
const scenarios = SCENARIOS.filter(({ module }) => topicOf(module) === topic);
const byStepLimit = Map.groupBy(scenarios, ({ stepLimit }) => stepLimit);
const outcomes = await Promise.all([...byStepLimit.values()].map((group) => runInPerdure(group)));
process.stdout.write(JSON.stringify(Object.assign({}, ...outcomes)), () => process.exit(0));
