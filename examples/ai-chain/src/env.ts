import { exampleFolder } from "../../support/folder.ts";
import { StandIn } from "./stand-in.ts";

export const FOLDER = exampleFolder(import.meta.url);

/** Builds what the workflow finds in `this.env`: a stand-in for the model. */
export default () => ({ AI: new StandIn() });
