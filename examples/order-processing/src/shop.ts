import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import type { ChargeAnswer, Params } from "./workflow.ts";

/** Article, cents a piece, pieces on the shelf when the shop opens. */
const SHELF = [
  ["teapot", 3_900, 100],
  ["cup", 850, 600],
] as const;

/** A card that no bank backs. */
export const DECLINED_CARD = "4000 0000 0000 0002";

/** What fits into a parcel. */
const PARCEL_PIECES_MAX = 50;

/** What the gateway asks for when a charge is new to it. */
const RETRY_AFTER_MS = 600;
/** How long it takes to answer when it has taken the money: long enough to be killed meanwhile. */
const ANSWER_MS = 1_500;

/**
 * Stock, payments and parcels of a shop, in a file: what it did is still done after the worker is killed.
 *
 * Its gateway is busy at the first request for each charge, and slow to answer when the money is taken.
 */
export class Shop {
  readonly #db: DatabaseSync;

  /** @param file Made when it is not there. */
  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.#db = new DatabaseSync(file);
    this.#db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA busy_timeout = 5000;
      CREATE TABLE IF NOT EXISTS shelf (article TEXT PRIMARY KEY, cents INTEGER NOT NULL, pieces INTEGER NOT NULL);
      CREATE TABLE IF NOT EXISTS reservation (order_id TEXT, article TEXT, pieces INTEGER, PRIMARY KEY (order_id, article));
      CREATE TABLE IF NOT EXISTS request (idempotency_key TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS charge (idempotency_key TEXT PRIMARY KEY, charge_id TEXT NOT NULL, cents INTEGER NOT NULL, refunded INTEGER NOT NULL DEFAULT 0);
      CREATE TABLE IF NOT EXISTS parcel (order_id TEXT PRIMARY KEY, tracking_number TEXT NOT NULL);
    `);
    const stock = this.#db.prepare("INSERT OR IGNORE INTO shelf VALUES (?, ?, ?)");
    for (const article of SHELF) stock.run(...article);
  }

  /** The total in cents; null when something is not there in that number. Keeps all of it or nothing, and once. */
  reserve(orderId: string, items: Params["items"]): number | null {
    this.#db.exec("BEGIN IMMEDIATE");
    let enough = false;
    try {
      let cents = 0;
      enough = items.every(({ article, quantity }) => {
        const price = this.#db.prepare("SELECT cents FROM shelf WHERE article = ?").get(article)?.["cents"];
        cents += Number(price) * quantity;
        return price !== undefined && (this.#has(orderId, article) || this.#take(orderId, article, quantity));
      });
      return enough ? cents : null;
    } finally {
      this.#db.exec(enough ? "COMMIT" : "ROLLBACK");
    }
  }

  /** Puts back what is kept for an order; one that has nothing is as good as released. */
  release(orderId: string): void {
    this.#db.exec("BEGIN IMMEDIATE");
    const back = this.#db.prepare("UPDATE shelf SET pieces = pieces + ? WHERE article = ?");
    const kept = this.#db.prepare("DELETE FROM reservation WHERE order_id = ? RETURNING article, pieces").all(orderId);
    for (const { article, pieces } of kept) back.run(pieces!, article!);
    this.#db.exec("COMMIT");
  }

  /** Takes the money once a key, however often it is asked. */
  async charge(card: string, cents: number, idempotencyKey: string): Promise<ChargeAnswer> {
    const asked = this.#db.prepare("SELECT count(*) AS n FROM request WHERE idempotency_key = ?").get(idempotencyKey);
    this.#db.prepare("INSERT INTO request VALUES (?)").run(idempotencyKey);
    if (card === DECLINED_CARD) return { outcome: "declined", reason: "the card was declined" };
    if (asked?.["n"] === 0) return { outcome: "busy", retryAfterMs: RETRY_AFTER_MS };
    const chargeId = `charge_${fingerprint(idempotencyKey)}`;
    this.#db
      .prepare("INSERT OR IGNORE INTO charge (idempotency_key, charge_id, cents) VALUES (?, ?, ?)")
      .run(idempotencyKey, chargeId, cents);
    await delay(ANSWER_MS);
    return { outcome: "charged", chargeId };
  }

  /** Gives the money of a charge back once, however often it is asked; of no charge, nothing. */
  refund(idempotencyKey: string): void {
    this.#db.prepare("UPDATE charge SET refunded = cents WHERE idempotency_key = ?").run(idempotencyKey);
  }

  /** The tracking number of the order's only parcel; null when it is too heavy. */
  ship(orderId: string): { readonly trackingNumber: string } | null {
    const kept = this.#db.prepare("SELECT sum(pieces) AS pieces FROM reservation WHERE order_id = ?").get(orderId);
    if (Number(kept?.["pieces"]) > PARCEL_PIECES_MAX) return null;
    const trackingNumber = `PX-${fingerprint(orderId).toUpperCase()}`;
    this.#db.prepare("INSERT OR IGNORE INTO parcel VALUES (?, ?)").run(orderId, trackingNumber);
    return { trackingNumber };
  }

  #has(orderId: string, article: string): boolean {
    const kept = this.#db.prepare("SELECT 1 FROM reservation WHERE order_id = ? AND article = ?");
    return kept.get(orderId, article) !== undefined;
  }

  #take(orderId: string, article: string, pieces: number): boolean {
    const taken = this.#db.prepare("UPDATE shelf SET pieces = pieces - ?1 WHERE article = ?2 AND pieces >= ?1");
    if (taken.run(pieces, article).changes === 0) return false;
    this.#db.prepare("INSERT INTO reservation VALUES (?, ?, ?)").run(orderId, article, pieces);
    return true;
  }
}

const fingerprint = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 10);
