import type { Context } from "hono";
import { BadRequest } from "./envelope.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** The body of a request; `{}` when there is none. @throws {BadRequest} for what is no JSON, or says not that it is. */
export async function jsonBody(context: Context): Promise<unknown> {
  const text = await context.req.text();
  if (text.trim() === "") return {};
  // A page of another site can send a form without asking, but not this.
  const type = context.req.header("content-type") ?? "";
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(type)) {
    throw new BadRequest(`the body's content-type is application/json, not "${type}"`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new BadRequest(`the body is no JSON: ${(cause as Error).message}`, { cause });
  }
}

export async function objectBody(context: Context): Promise<JsonObject> {
  const body = await jsonBody(context);
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as JsonObject;
  throw new BadRequest("the body is no JSON object");
}

/** A list, or an object that has it under a name. */
export async function listBody(context: Context, name: string): Promise<readonly unknown[]> {
  const body = await jsonBody(context);
  const list = Array.isArray(body) ? body : (body as JsonObject | null)?.[name];
  if (Array.isArray(list)) return list as unknown[];
  throw new BadRequest(`the body is a list, or an object with "${name}"`);
}

/** A query parameter that is a whole number within bounds. */
export function numberQuery(
  context: Context,
  name: string,
  bounds: { min: number; max: number; fallback: number },
): number {
  const text = context.req.query(name);
  if (text === undefined) return bounds.fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= bounds.min && value <= bounds.max) return value;
  throw new BadRequest(`${name} is a whole number from ${bounds.min} to ${bounds.max}, not "${text}"`);
}

export function dateQuery(context: Context, name: string): Date | undefined {
  const text = context.req.query(name);
  if (text === undefined) return undefined;
  const date = new Date(text);
  if (!Number.isNaN(date.getTime())) return date;
  throw new BadRequest(`${name} is a date, "2026-11-23T00:00:00Z" for instance, not "${text}"`);
}
