import { fileURLToPath } from "node:url";
import { attend, outputOf } from "../../support/attend.ts";
import { demonstrate } from "../../support/demonstrate.ts";
import { findOrCreate } from "../../support/instance.ts";
import { FOLDER } from "./env.ts";
import { DECLINED_CARD } from "./shop.ts";
import type { Params } from "./workflow.ts";

type Output =
  | { readonly status: "shipped"; readonly cents: number; readonly trackingNumber: string }
  | { readonly status: "not paid"; readonly reason: string };

const TEA_SET = [
  { article: "teapot", quantity: 1 },
  { article: "cup", quantity: 6 },
];

/** By the name that their instances begin with. */
const ORDERS: Readonly<Record<string, Params>> = {
  "tea-set": { items: TEA_SET, card: "4242 4242 4242 4242", email: "ada@example.com" },
  "too-heavy": { items: [{ article: "cup", quantity: 60 }], card: "4242 4242 4242 4242", email: "eve@example.com" },
  "bad-card": { items: TEA_SET, card: DECLINED_CARD, email: "bob@example.com" },
};

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const setting = { folder: FOLDER, workflow: file("index.ts"), env: file("env.ts") };

await demonstrate(setting, async (stage) => {
  for (const [name, params] of Object.entries(ORDERS)) {
    const order = await findOrCreate<Params, Output>(stage, { workflow: "OrderWorkflow", name, params });
    await attend(stage, order);
    const { status, error, rollback } = await order.instance.status();
    const undone =
      rollback?.outcome === "complete" ? "The money and the pieces are back." : "Somebody has to look at it.";
    if (status === "errored") stage.say(`\nOrder ${name}: not shipped, ${error?.message}. ${undone}\n`);
    else stage.say(`\n${inWords(name, await outputOf(order.instance))}\n`);
  }
});

function inWords(name: string, output: Output): string {
  switch (output.status) {
    case "shipped":
      return `Order ${name}: ${(output.cents / 100).toFixed(2)} € paid, parcel ${output.trackingNumber} is on its way.`;
    case "not paid":
      return `Order ${name}: not paid, ${output.reason}. Its pieces are back on the shelf.`;
  }
}
