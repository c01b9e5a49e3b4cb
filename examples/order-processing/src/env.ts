import { join } from "node:path";
import { exampleFolder } from "../../support/folder.ts";
import { Outbox } from "../../support/outbox.ts";
import { Shop } from "./shop.ts";
import type { Env } from "./workflow.ts";

export const FOLDER = exampleFolder(import.meta.url);

/** Builds what the workflow finds in `this.env`: the services that wrangler.jsonc binds, as a shop in a file. */
export default function env(): Env {
  const shop = new Shop(join(FOLDER, ".perdure", "shop.db"));
  return {
    STOCK: {
      reserve: async (orderId, items) => shop.reserve(orderId, items),
      release: async (orderId) => shop.release(orderId),
    },
    PAYMENTS: {
      charge: (card, cents, { idempotencyKey }) => shop.charge(card, cents, idempotencyKey),
      refund: async (idempotencyKey) => shop.refund(idempotencyKey),
    },
    CARRIER: { ship: async (orderId) => shop.ship(orderId) },
    MAIL: new Outbox(join(FOLDER, ".perdure", "outbox.jsonl")),
  };
}
