import { importsOf, impuritiesOf } from "./imports.ts";
import type { SourceFile } from "./imports.ts";

/** Who lives where, by the longest matching start of the path. */
const PLACES = {
  "services/engine/src/domain/": "domain",
  "services/engine/src/store/": "store port",
  "services/engine/src/store/open.ts": "store opener",
  "services/engine/src/store/memory/": "memory store",
  "services/engine/src/store/sqlite/": "sqlite store",
  "services/engine/src/store/mongo/": "mongo store",
  "services/engine/src/app/": "app",
  "services/engine/src/rpc/": "rpc",
  "services/engine/src/metrics/": "metrics",
  "services/engine/src/platform/": "platform",
  "services/engine/src/": "main",
  "services/engine/src/embedded.ts": "embedded engine",
  "sdk/typescript/": "sdk",
  "sdk/typescript/src/testing.ts": "sdk testing",
  "sdk/typescript/src/testing/": "sdk testing",
  "cli/": "cli",
  "services/console/": "console",
} as const satisfies Record<string, string>;

type Place = (typeof PLACES)[keyof typeof PLACES];

/** What each place may import besides itself. Inwards only: rpc → app → store port → domain. */
const MAY_IMPORT = {
  domain: [],
  "store port": ["domain"],
  "store opener": ["store port", "memory store", "sqlite store", "mongo store", "domain"],
  "memory store": ["store port", "domain"],
  "sqlite store": ["store port", "domain"],
  "mongo store": ["store port", "domain"],
  app: ["store port", "domain"],
  // Configuration, logs, the real clock: the process around the app.
  platform: ["app", "store port", "domain", "sdk"],
  rpc: ["platform", "app", "store port", "domain", "sdk", "console"],
  // Implements what rpc serves.
  metrics: ["rpc", "app", "store port", "domain"],
  main: ["metrics", "rpc", "platform", "app", "store opener", "store port", "domain", "sdk"],
  // Tests of workflows would wait for drivers of stores that they never open.
  "embedded engine": ["rpc", "app", "store port", "memory store", "domain", "sdk"],
  sdk: [],
  // Runs an engine in the test's process: an optional peer, which nothing else of the SDK needs.
  "sdk testing": ["sdk", "main"],
  cli: ["main", "sdk"],
  // Served on the engine's port, and a caller like any other: it knows the contract alone.
  console: ["sdk"],
} as const satisfies Record<Place, readonly Place[]>;

/** Packages of ours by the name they are imported by. */
const OWN_PACKAGES = {
  perdure: "sdk",
  "@perdure/engine": "main",
  "@perdure/console": "console",
  "@perdure/cli": "cli",
} as const satisfies Record<string, Place>;

/** Packages that belong to one place alone. */
const KEPT_PACKAGES: Readonly<Record<string, Place>> = { mongodb: "mongo store", "node:sqlite": "sqlite store" };

/** A sentence for each import that goes outward and each thing that the domain does not take as an argument. */
export function violationsIn(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) => {
    const place = placeOf(file.path);
    if (place === undefined) return [];
    const imports = importsOf(file).flatMap((target) => {
      const reason = refusal(place, target);
      return reason === undefined ? [] : [`${file.path} imports ${target}: ${reason}`];
    });
    const impurities = place === "domain" ? impuritiesOf(file) : [];
    return [...imports, ...impurities.map((what) => `${file.path} uses ${what}: the domain takes it as an argument`)];
  });
}

function refusal(place: Place, target: string): string | undefined {
  const to = placeOf(target) ?? ownPackage(target);
  if (to === undefined) {
    if (place === "domain") return "the domain imports only the domain";
    const owner = KEPT_PACKAGES[target];
    return owner === undefined || owner === place ? undefined : `only the ${owner} may`;
  }
  const allowed: readonly Place[] = MAY_IMPORT[place];
  if (to === place || allowed.includes(to)) return undefined;
  return `the ${place} may import ${allowed.length === 0 ? "nothing else of ours" : allowed.join(", ")}`;
}

function placeOf(path: string): Place | undefined {
  let longest = "";
  for (const start of Object.keys(PLACES)) if (path.startsWith(start) && start.length > longest.length) longest = start;
  return (PLACES as Readonly<Record<string, Place>>)[longest];
}

function ownPackage(specifier: string): Place | undefined {
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  return (OWN_PACKAGES as Readonly<Record<string, Place>>)[name];
}
