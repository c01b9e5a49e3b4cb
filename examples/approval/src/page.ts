import type { Desk } from "./desk.ts";
import type { DecidedRequest, PendingRequest } from "./workflow.ts";

/** The whole page. It asks for itself again every two seconds: nothing on it is typed that could be lost. */
export const page = ({ pending, decided }: Desk): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="2">
<meta name="viewport" content="width=device-width">
<title>Requests (${pending.length})</title>
<style>${STYLE}</style>
<h1>Requests</h1>
${pending.length === 0 ? "<p>Nothing waits for an answer.</p>" : pending.map(pendingCard).join("")}
${decided.length === 0 ? "" : `<h2>Decided</h2>${decided.toReversed().map(decidedCard).join("")}`}
</html>`;

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }
  article { border: 1px solid #8884; border-radius: .5rem; padding: .75rem 1rem; margin: .75rem 0; }
  article h3, article p { margin: 0; }
  article p { opacity: .75; }
  form { margin-top: .75rem; display: flex; gap: .5rem; }
  button { font: inherit; padding: .3rem 1.2rem; border: 0; border-radius: .4rem; color: #fff; cursor: pointer; }
  .approve { background: #197a3e; } .reject { background: #b3261e; }
`;

const pendingCard = (request: PendingRequest): string => `
<article>
  <h3>${text(request.title)}, ${euros(request.cents)}</h3>
  <p>asked for by ${text(request.by)}; ${text(request.approver)} is asked</p>
  <form method="post" action="/decide">
    <input type="hidden" name="id" value="${text(request.id)}">
    <input type="hidden" name="by" value="${text(request.approver)}">
    <button class="approve" name="decision" value="approve">Approve</button>
    <button class="reject" name="decision" value="reject">Reject</button>
  </form>
</article>`;

const decidedCard = ({ title, cents, by, decision }: DecidedRequest): string => `
<article>
  <h3>${text(title)}, ${euros(cents)}</h3>
  <p>asked for by ${text(by)}; ${decision === null ? "nobody answered" : outcome(decision)}</p>
</article>`;

const outcome = ({ approved, by }: NonNullable<DecidedRequest["decision"]>): string =>
  `${approved ? "approved" : "rejected"} by ${text(by)}`;

const euros = (cents: number): string => `${(cents / 100).toFixed(2)} €`;

/** Text as HTML, in an attribute too. */
const text = (plain: string): string => plain.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
