// The events behind a figure, page by page.

import { rupees } from "/analytics-words.js";
import { $, make, number } from "/dom.js";
import { trouble } from "/frame.js";

const PAGE = 50;

export class Sources {
  constructor(session) {
    this.session = session;
    $("more").addEventListener("click", () => this.next().catch(trouble));
  }

  async show(wanted) {
    this.wanted = wanted;
    this.cursor = null;
    $("sources-rows").replaceChildren();
    await this.next();
    $("sources").focus();
  }

  async next() {
    const { figure, first, last, label } = this.wanted;
    const query = new URLSearchParams({ from: first, to: last, limit: PAGE, ...(label ? { label } : {}), ...(this.cursor ? { cursor: this.cursor } : {}) });
    const page = await this.session.get(`/analytics/admin/${figure}/events?${query}`);
    this.cursor = page.next_cursor;
    $("sources-rows").append(...page.items.map((one) => this.row(one)));
    const many = $("sources-rows").children.length;
    $("sources-about").textContent = `${figure}${label ? `, ${label}` : ""}, ${first} to ${last}: ${number(many)}${this.cursor ? " and more" : ""} events`;
    $("sources-about").className = "note";
    $("more").hidden = !this.cursor;
  }

  row(one) {
    const told = one.measure.startsWith("signals-") || one.measure.startsWith("customers-") ? number(one.amount) : rupees(one.amount);
    return make("tr", {}, make("td", {}, one.day), make("td", {}, one.label), make("td", {}, make("code", { title: one.entry }, one.event_id)), make("td", { class: "amount" }, told));
  }
}
