/** An engine in a process of its own, in memory: prints its address. The argument is how long leases last, in ms. */
import pino from "pino";
import { startEngine } from "../../../../services/engine/src/engine.ts";

const { url } = await startEngine(
  { store: "memory:", port: 0, leaseMs: Number(process.argv[2]) },
  pino({ level: "silent" }),
);
console.log(`serving ${url}`);
