/**
 * A failing property prints its seed and path. `SEED=… SEED_PATH=… npx vitest run test/domain` tries that again,
 * `RUNS=100000` searches for longer.
 */
export const SEEDED = {
  ...(process.env["SEED"] === undefined ? {} : { seed: Number(process.env["SEED"]) }),
  ...(process.env["SEED_PATH"] === undefined ? {} : { path: process.env["SEED_PATH"] }),
  ...(process.env["RUNS"] === undefined ? {} : { numRuns: Number(process.env["RUNS"]) }),
};
