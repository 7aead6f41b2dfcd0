// Refunds as support sees them: who asked, the saga as a graph with its state, and the decision.

import { $, make, number } from "/dom.js";
import { trouble } from "/frame.js";
import { ask } from "/ask.js";
import { REFUND, rupees, sentence, time } from "/money-words.js";
import { Saga } from "/saga.js";

const LIMIT = 50, ORIGIN = { person: "somebody", rule: "a rule: it could not be granted", gateway: "the gateway's dashboard" };

export class Refunds {
  constructor(support) {
    Object.assign(this, { support, chosen: null, graph: new Saga($("saga")) });
    $("refunds-status").addEventListener("change", () => this.look().catch(trouble));
    $("approve").addEventListener("click", () => this.decide("approve").catch(trouble));
    $("decline").addEventListener("click", () => this.decline().catch(trouble));
  }

  async look() {
    const status = $("refunds-status").value, { items, next_cursor: more } = await this.support.get(`/refunds?limit=${LIMIT}${status ? `&status=${status}` : ""}`);
    $("refunds-count").textContent = items.length ? `${number(items.length)}${more ? " and more" : ""}` : "";
    $("refunds-empty").hidden = items.length > 0;
    $("refunds-desk").hidden = items.length === 0;
    if (!items.some((one) => one.id === this.chosen)) this.chosen = items[0]?.id ?? null;
    const seen = JSON.stringify([items, this.chosen]);
    if (seen === this.drawn) return;
    this.drawn = seen;
    $("refunds").replaceChildren(...items.map((one) => make("li", {}, make("button", { type: "button", "aria-current": String(one.id === this.chosen), onclick: () => this.choose(one.id).catch(trouble) },
      make("b", {}, one.sku), make("span", { class: "state" }, rupees(one.amount.amount)), make("small", {}, `${REFUND[one.status][0]} · ${time(one.requested_at)}`)))));
    if (this.chosen) await this.show();
  }

  async choose(id) {
    this.chosen = id;
    await this.look();
  }

  async show() {
    const answer = await this.support.send("GET", `/refunds/${this.chosen}`), one = await answer.json();
    this.version = answer.headers.get("ETag");
    $("refund-title").textContent = `${rupees(one.amount.amount)} of ${one.sku}`;
    $("refund-told").replaceChildren(make("span", { class: `tag ${REFUND[one.status][1]}` }, REFUND[one.status][0]), ` “${one.reason}”`);
    this.graph.show(one);
    const { parts } = one, facts = [
      ["net and tax", `${rupees(parts.net)} + ${rupees(parts.cgst + parts.sgst + parts.igst)}`], ["quoted by the rules", `${rupees(one.quoted.amount)}, ${one.policy_version}`], ["begun by", `${ORIGIN[one.origin]}, ${one.requested_by}`],
      ["decided by", one.decided_by && `${one.decided_by}${one.decision ? `: ${one.decision}` : ""}`], ["turned back because", one.failure && sentence(one.failure)], ["beyond the rules because", one.override], ["payment", one.payment_id],
    ];
    $("refund-facts").replaceChildren(...facts.filter(([, told]) => told).flatMap(([name, told]) => [make("dt", {}, name), make("dd", {}, told)]));
    $("decide").hidden = one.status !== "requested";
  }

  // The version that was read is the one that is decided about: If-Match.
  async decide(what, body) {
    trouble(null);
    try {
      await this.support.post(`/refunds/${this.chosen}/${what}`, body, { "If-Match": this.version, "Idempotency-Key": crypto.randomUUID() });
    } finally {
      this.drawn = "";
      await this.look();
    }
  }

  decline() {
    return ask({ title: "Decline it", told: "The person reads your words.", label: "Why?", go: "Decline", act: async (reason) => { await this.decide("decline", { reason }); return true; } });
  }
}
