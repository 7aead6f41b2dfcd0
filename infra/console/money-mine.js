// What a person has and did: entitlements, subscriptions, payments with their refunds, invoices.

import { $, make, number, tag } from "/dom.js";
import { trouble } from "/frame.js";
import { ask } from "/ask.js";
import { LIFE, PAPER, PAYMENT, PROBLEM, REFUND, RULE, day, rupees, sentence, time } from "/money-words.js";
import { Saga } from "/saga.js";
import { inTab } from "/tab.js";

const LIMIT = 50, UNDER_WAY = ["requested", "approved", "reversing"];

export class Mine {
  constructor(session, shop) {
    Object.assign(this, { session, shop, sagas: new Map(), drawn: "" });
  }

  // Reads all of it; answers whether something is still under way.
  async look() {
    const [have, wallet, payments, refunds, subscriptions, papers] = await Promise.all(["/entitlements/me", "/wallet", `/payments?limit=${LIMIT}`, `/refunds?limit=${LIMIT}`, "/subscriptions", `/invoices?limit=${LIMIT}`].map((path) => this.session.get(path)));
    this.shop.has(wallet.available.amount);
    const seen = JSON.stringify([have, wallet, payments, refunds, subscriptions, papers]);
    if (seen !== this.drawn) {
      this.drawn = seen; // what did not change is not drawn anew, so that nobody's focus is lost
      this.have(have, wallet, subscriptions.items);
      this.payments(payments.items, refunds.items);
      this.papers(papers.items);
    }
    const unprinted = papers.items.some((one) => !one.digest), billed = new Set(papers.items.map((one) => one.payment_id));
    return unprinted || payments.items.some((one) => one.status === "opened" || (one.status === "captured" && one.price.gross.amount && !billed.has(one.id)))
      || refunds.items.some((one) => UNDER_WAY.includes(one.status)) || subscriptions.items.some((one) => one.status === "pending");
  }

  have({ plan, valid_until: until, items, awaiting_kyc: waits }, wallet, subscriptions) {
    const figure = (name, told, note, kind = "") => make("div", {}, make("dt", {}, name), make("dd", { class: kind }, told), ...(note ? [make("dd", { class: "note" }, note)] : []));
    $("have").replaceChildren(figure("plan, of what was paid", plan, until ? `until ${day(until)}` : waits ? "paid, the identity check is awaited" : ""), figure("wallet", rupees(wallet.available.amount), wallet.held.amount ? `${rupees(wallet.held.amount)} held` : ""),
      figure("courses", items.length ? number(items.length) : "none", items.map((one) => this.title(one)).join("; ")));
    $("subscriptions").replaceChildren(...subscriptions.filter((one) => one.status !== "abandoned").map((one) => this.subscription(one)));
  }

  title(sku) { return this.shop.titles.get(sku) ?? sku; } // what is no longer sold is shown by its sku

  subscription(one) {
    const told = [
      one.next_charge ? `next ${rupees(one.next_charge.amount.amount)} on ${day(one.next_charge.at)}` : null, one.ends_at ? `ends ${day(one.ends_at)}` : null,
      one.change ? `then ${one.change.title}` : null, one.arrears ? `${rupees(one.arrears.due.amount)} due, the plan stays until ${day(one.arrears.grace_until)}` : null, one.ended_at ? `since ${day(one.ended_at)}${one.reason ? `, ${sentence(one.reason)}` : ""}` : null,
    ].filter(Boolean).join(" · ");
    const page = one.page ?? one.arrears?.address, live = ["trialing", "active", "past_due"].includes(one.status);
    const act = (what, label) => make("button", { type: "button", class: "quiet small", onclick: () => this.act(`/subscriptions/${one.id}/${what}`).catch(trouble) }, label);
    return make("li", {}, make("span", {}, make("b", {}, one.title), " ", tag(live && one.ends_at ? LIFE.running_out : LIFE[one.status])), make("span", { class: "sum" }, rupees(one.price.amount)), make("small", {}, told),
      make("span", { class: "acts" }, ...(page ? [make("a", { href: page, target: "_blank", rel: "noopener" }, "Open the page")] : []), ...(live ? [one.ends_at ? act("resume", "Go on after all") : act("cancel", "End it with the period")] : [])));
  }

  async act(path) {
    trouble(null);
    await this.session.post(path, {});
    await this.look();
  }

  payments(payments, refunds) {
    const of = Map.groupBy(refunds, (one) => one.payment_id);
    $("payments-empty").hidden = payments.length > 0;
    $("payments-count").textContent = payments.length ? number(payments.length) : "";
    $("payments").replaceChildren(...payments.map((one) => this.payment(one, of.get(one.id) ?? [])));
  }

  payment(one, refunds) {
    const open = refunds.some((each) => UNDER_WAY.includes(each.status)), back = refunds.filter((each) => each.status === "completed").reduce((sum, each) => sum + each.amount.amount, 0), problem = one.problem && (PROBLEM[one.problem] ?? sentence(one.problem));
    return make("li", { "data-payment": one.id },
      make("span", {}, make("b", {}, one.purpose === "top_up" ? "Money for the wallet" : this.title(one.sku)), " ", tag(PAYMENT[one.status]), ...(problem ? [" ", tag([`${problem}; try another card`, "bad"])] : []), ...(one.dispute ? [" ", tag([`dispute ${one.dispute}`, "bad"])] : [])),
      make("span", { class: "sum" }, rupees(one.price.gross.amount)),
      make("small", {}, `${time(one.captured_at ?? one.opened_at)} · ${one.source === "wallet" ? "from the wallet" : "by card"}${one.period_end ? ` · until ${day(one.period_end)}` : ""}`),
      make("span", { class: "acts" }, ...(one.address ? [make("a", { href: one.address, target: "_blank", rel: "noopener" }, "Open the page")] : []),
        ...(one.status === "captured" && !open && back < one.price.gross.amount ? [make("button", { type: "button", class: "quiet small", "data-refund": one.id, onclick: () => this.refund(one).catch(trouble) }, "Ask for a refund")] : [])),
      ...refunds.map((each) => this.saga(each)));
  }

  saga(refund) {
    const place = make("div", { "data-saga": refund.id });
    new Saga(place).show(refund);
    return make("details", { class: "saga-line", ...(UNDER_WAY.includes(refund.status) ? { open: "" } : {}) },
      make("summary", {}, `Refund of ${rupees(refund.amount.amount)} `, tag(REFUND[refund.status]), ...(refund.decision ? [make("small", {}, ` ${refund.decision}`)] : [])), place);
  }

  async refund(payment) {
    trouble(null);
    const quote = await this.session.get(`/payments/${payment.id}/refund-quote`), key = crypto.randomUUID();
    if (!quote.amount.amount) { trouble(new Error(`By the rules nothing goes back: ${RULE[quote.rule] ?? sentence(quote.rule)}`)); return; }
    await ask({
      title: `Ask for ${rupees(quote.amount.amount)} back`, told: `${RULE[quote.rule] ?? sentence(quote.rule)} Somebody else decides; then what was bought goes, the money comes, a credit note follows.`,
      label: "Why?", go: "Ask for it", act: (reason) => this.session.post(`/payments/${payment.id}/refunds`, { reason }, { "Idempotency-Key": key }),
    });
    await this.look();
  }

  papers(papers) {
    $("papers-empty").hidden = papers.length > 0;
    $("papers").replaceChildren(...papers.map((one) => make("li", {},
      make("span", {}, make("b", {}, one.serial), ` ${PAPER[one.kind]}, ${one.title}`), make("span", { class: "sum" }, rupees(one.kind === "credit_note" ? -one.total : one.total)),
      make("small", {}, `${time(one.issued_at)} · ${one.kind === "receipt" ? "no tax" : `net ${rupees(one.taxable_value)}, tax ${rupees(one.cgst + one.sgst + one.igst)}`} · ${one.place_of_supply.name}${one.original ? ` · about ${one.original.serial}` : ""}`),
      make("span", { class: "acts" }, one.digest ? make("button", { type: "button", class: "quiet small", onclick: () => inTab(async () => (await this.session.get(`/invoices/${one.id}/pdf`)).url).catch(trouble) }, "PDF") : make("small", {}, "being printed")))));
  }
}
