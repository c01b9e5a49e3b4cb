import { MongoClient } from "mongodb";
import type { Document } from "mongodb";
import { startRig } from "../rig/rig.ts";
import { refuse } from "./durability.ts";
import type { Durability } from "./durability.ts";

/** Commands that write, as the profiler names them: those whose acknowledgement promises something. */
const WRITES = ["insert", "update", "delete", "findAndModify"] as const;
const PROFILE_ALL = 2;

/** What an engine calls its database when the URL does not. */
const ENGINE_DATABASE = "perdure";

/** Lets the server note every command of an engine that runs an instance, and reads the write concerns from its notes. */
export async function readMongodbDurability(): Promise<Durability> {
  await using rig = await startRig("mongodb");
  await using client = new MongoClient(rig.storeUrl);
  const database = client.db(ENGINE_DATABASE);
  await database.command({ profile: PROFILE_ALL });
  await rig.runToEnd("Sequential", { steps: 2 });
  await database.command({ profile: 0 });

  const commands = await database
    .collection("system.profile")
    .find({ $or: WRITES.map((write) => ({ [`command.${write}`]: { $exists: true } })) })
    .toArray();
  const concerns = commands.map(({ command }) => (command as Document)["writeConcern"] as Document | undefined);
  if (concerns.length === 0) refuse("MongoDB", "no write that its profiler saw", "one");
  const weak = concerns.find((concern) => concern?.["w"] !== "majority" || concern["j"] !== true);
  if (concerns.some((concern) => concern === undefined) || weak !== undefined)
    refuse("MongoDB", weak ?? "no write concern", 'w "majority" and j true');
  return { w: "majority", j: true, writesSeen: concerns.length };
}
