import { dirname, resolve } from "node:path";
import type { ModuleRule } from "perdure/loader";
import { EXIT } from "../exit-code.ts";
import { CommandRefused } from "../refusal.ts";
import { type Document, readDocument } from "./document.ts";
import { type OtherBinding, readOtherBindings } from "./other-bindings.ts";
import { readRules } from "./rules.ts";
import { type Findings, isObject, Section } from "./section.ts";
import { warnOfBundling } from "./unsupported.ts";
import { readCrons } from "./workflow-settings.ts";
import { type ProjectWorkflows, readWorkflows } from "./workflows.ts";

/** A Cloudflare project, as its configuration describes it. */
export interface ProjectConfig {
  readonly file: string;
  /** Where the file lies: paths in it are relative to this. */
  readonly folder: string;
  /** The section of `env` that is meant, if any. */
  readonly environment: string | undefined;
  readonly name: string | undefined;
  /** Path of the module. */
  readonly main: string;
  readonly workflows: ProjectWorkflows;
  /** What `env` has from `vars`. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Secrets that it says it needs; undefined: whatever there is. */
  readonly requiredSecrets: readonly string[] | undefined;
  /** What the `scheduled` handler is called for. */
  readonly crons: readonly string[];
  /** Where it wants to be served. */
  readonly port: number | undefined;
  /** How files are imported that no extension tells. */
  readonly rules: readonly ModuleRule[];
  readonly otherBindings: readonly OtherBinding[];
  readonly warnings: readonly string[];
}

const PORT_MAX = 65_535;

/**
 * Reads a configuration of wrangler.
 *
 * @param environment Name of a section of `env`. What is not inherited comes from that section alone, as in wrangler.
 * @throws {CommandRefused} with a sentence for each mistake.
 */
export function readConfig(file: string, environment: string | undefined): ProjectConfig {
  const document = readDocument(file);
  const findings: Findings = { mistakes: [], warnings: [] };
  const config = isObject(document.value) ? readDocumentOf(file, document, findings, environment) : undefined;
  if (config === undefined) findings.mistakes.push(`${document.name}: it holds no object`);
  if (config === undefined || findings.mistakes.length > 0) {
    throw new CommandRefused("INVALID_CONFIG", findings.mistakes.join("\n"), EXIT.usage);
  }
  return config;
}

function readDocumentOf(
  file: string,
  document: Document,
  findings: Findings,
  environment: string | undefined,
): ProjectConfig {
  const top = new Section(document, findings, document.value as Readonly<Record<string, unknown>>);
  const own = environment === undefined ? top : (environmentOf(top, environment) ?? top);
  /** The section that has a key which environments inherit. */
  const holder = (key: string): Section => (own.has(key) ? own : top);
  const name = nameOf(top, own, environment);
  const folder = dirname(resolve(file));
  warnOfBundling(holder);
  return {
    file: resolve(file),
    folder,
    environment,
    name,
    main: resolve(folder, holder("main").requiredText("main") ?? ""),
    workflows: readWorkflows(own, holder("exports"), name),
    variables: variablesOf(own),
    requiredSecrets: own.section("secrets")?.texts("required"),
    crons: cronsOf(holder("triggers")),
    port: top.section("dev")?.count("port", PORT_MAX),
    rules: readRules(holder("rules")),
    otherBindings: readOtherBindings(own, holder),
    warnings: findings.warnings,
  };
}

function environmentOf(top: Section, environment: string): Section | undefined {
  const all = top.section("env");
  if (all?.has(environment) === true) return all.section(environment);
  const known = all?.keys.length ? `it has ${all.keys.join(", ")}` : "it has none";
  return top.mistake(["env"], `there is no environment "${environment}"; ${known}`);
}

/** Wrangler's rule: an environment's Worker is called after both, unless it has a name of its own. */
function nameOf(top: Section, own: Section, environment: string | undefined): string | undefined {
  const name = top.text("name");
  if (environment === undefined || own === top) return name;
  return own.text("name") ?? (name === undefined ? undefined : `${name}-${environment}`);
}

function variablesOf(own: Section): Readonly<Record<string, unknown>> {
  const section = own.section("vars");
  return Object.fromEntries((section?.keys ?? []).map((key) => [key, section?.value(key)]));
}

function cronsOf(holder: Section): readonly string[] {
  const triggers = holder.section("triggers");
  return triggers === undefined ? [] : readCrons(triggers, "crons");
}
