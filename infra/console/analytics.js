// The page of figures: ask for a range, draw what came of it, and go from a figure to its events.

import { Sources } from "/analytics-sources.js";
import { compact, last, rupees, byMonth } from "/analytics-words.js";
import { $, make, number } from "/dom.js";
import { people, settle, trouble } from "/frame.js";
import { Stacks, Steps } from "/steps.js";

const LOOK_MS = 5000;

class Figures {
  constructor(session) {
    this.session = session;
    this.sources = new Sources(session);
    this.revenue = new Stacks($("revenue"), "Revenue by month", compact);
    this.steps = new Steps($("mrr"), "Recurring revenue by month", compact);
    $("ask").addEventListener("submit", (event) => { event.preventDefault(); this.show().catch(trouble); });
    $("revenue-file").addEventListener("click", () => this.file("revenue").catch(trouble));
    $("mrr-file").addEventListener("click", () => this.file("mrr").catch(trouble));
  }

  async open() {
    $("go").disabled = false;
    await this.show();
    await this.look();
    setInterval(() => this.look().catch(trouble), LOOK_MS);
  }

  get range() { return `from=${$("first").value}&to=${$("last").value}`; }

  async show() {
    trouble(null);
    const ask = (what) => this.session.get(`/analytics/admin/${what}?${this.range}`);
    const [revenue, mrr, cohorts, signals] = await Promise.all(["revenue", "mrr", "cohorts", "signals"].map(ask));
    this.money(revenue);
    this.recurring(mrr.months);
    this.retained(cohorts.cohorts);
    this.promises(signals);
  }

  money({ rows, total }) {
    const months = byMonth(rows), newest = (name) => [name, compact(total[name])];
    this.revenue.show([...Map.groupBy(months, (one) => one.month)].map(([name, lines]) => ({
      name, sale: lines.reduce((sum, one) => sum + one.net, 0), back: lines.reduce((sum, one) => sum + one.net - one.kept, 0),
    })));
    $("headline").replaceChildren(...[newest("net"), newest("tax"), newest("refunds"), newest("chargebacks"), newest("kept")].map(([name, told]) => make("div", {}, make("dt", {}, name), make("dd", { title: rupees(total[name]) }, told))));
    $("revenue-rows").replaceChildren(...months.toReversed().map((one) => make("tr", {}, make("td", { class: "t" }, one.month), make("td", { class: "t" }, one.line),
      this.cell("revenue-net", one.net, one), make("td", {}, rupees(one.tax)), this.cell("refunds-net", one.refunds, one), this.cell("chargebacks-net", one.chargebacks, one), make("td", {}, rupees(one.kept)))));
  }

  recurring(months) {
    this.steps.show(months);
    $("mrr-rows").replaceChildren(...months.toReversed().map((one) => make("tr", {}, make("td", { class: "t" }, one.month), make("td", {}, rupees(one.opening)),
      ...["new", "expansion", "contraction", "churn", "reactivation"].map((name) => this.cell(`mrr-${name}`, one[name], { month: one.month })),
      make("td", {}, rupees(one.closing)), make("td", {}, number(one.customers_closing)), make("td", {}, one.customer_churn_rate === null ? "" : `${(one.customer_churn_rate * 100).toFixed(1)} %`))));
  }

  retained(cohorts) {
    const most = Math.max(0, ...cohorts.map((one) => one.retained.length));
    $("cohorts-head").replaceChildren(make("tr", {}, make("th", { scope: "col", class: "t" }, "first paid"), make("th", { scope: "col" }, "people"), ...Array.from({ length: most }, (_, after) => make("th", { scope: "col" }, `+${after}`))));
    $("cohorts").replaceChildren(...cohorts.map((one) => make("tr", {}, make("th", { scope: "row" }, one.month), make("td", {}, number(one.size)),
      ...one.retained.map((each) => make("td", { class: "cell", title: rupees(each.mrr) }, `${Math.round((each.customers / one.size) * 100)} %`)))));
  }

  promises({ notice, rows }) {
    $("signals-notice").textContent = notice;
    $("signals").replaceChildren(...rows.map((one) => make("tr", {}, make("td", { class: "t" }, one.strategy), make("td", { class: "t" }, one.month),
      ...["published", "won", "lost"].map((name) => this.cell(`signals-${name}`, one[name], { month: one.month, line: one.strategy }, number)),
      make("td", {}, one.win_rate === null ? "" : `${(one.win_rate * 100).toFixed(0)} %`))));
  }

  // A figure that leads to its events.
  cell(figure, amount, { month, line }, words = rupees) {
    if (!amount) return make("td", {}, "");
    const wanted = { figure, first: `${month}-01`, last: last(month), label: line };
    return make("td", {}, make("button", { type: "button", class: "plain", "aria-label": `${words(amount)}: the events behind ${figure} in ${month}`, onclick: () => this.sources.show(wanted).catch(trouble) }, words(amount)));
  }

  async file(what) {
    const answer = await this.session.send("GET", `/analytics/admin/${what}?${this.range}`, undefined, { Accept: "text/csv" });
    const link = make("a", { href: URL.createObjectURL(await answer.blob()), download: `${what}-${$("first").value}-${$("last").value}.csv` });
    link.click();
    URL.revokeObjectURL(link.href);
  }

  async look() {
    const { consumers } = await this.session.get("/analytics/admin/freshness");
    const shown = consumers.find((one) => one.state === "active"), built = consumers.find((one) => one.state === "building");
    const lag = shown?.lag_s ?? null, late = lag === null || lag > 5;
    $("fresh").dataset.state = late ? "wait" : "live";
    const told = lag === null ? "nothing is counted yet" : `everything until ${lag.toFixed(1)} s ago is in, ${number(shown.facts)} facts`;
    $("fresh").textContent = built ? `${told}; made anew: ${Math.floor(built.progress * 100)} %` : told;
  }
}

function begin() {
  const today = new Date(), ago = new Date(today.getFullYear(), today.getMonth() - 11, 1, 12);
  $("last").value = today.toISOString().slice(0, 10);
  $("first").value = ago.toISOString().slice(0, 10);
}

settle();
begin();
people((session) => new Figures(session).open(), { role: "auditor" });
