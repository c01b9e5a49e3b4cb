/** What `import … from "cloudflare:workflows"` gives in a worker of ours. */
export { NonRetryableError } from "../errors-non-retryable.ts";
