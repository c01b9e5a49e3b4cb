/**
 * Types of the two modules, for projects that do not use Cloudflare's own `@cloudflare/workers-types`:
 * `"types": ["perdure/cloudflare"]` in tsconfig.json.
 */
declare module "cloudflare:workers" {
  export * from "perdure/cloudflare/workers";
}

declare module "cloudflare:workflows" {
  export * from "perdure/cloudflare/workflows";
}
