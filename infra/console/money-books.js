// The books as an auditor sees them: whether they balance and equal the gateway's, the trial balance, statements.

import { $, make, number } from "/dom.js";
import { trouble } from "/frame.js";
import { rupees, sentence, time } from "/money-words.js";

const WALLETS = "wallet:persons:INR"; // a sum over accounts of people, none of its own
const BOOKS = { courses: "Courses", research: "Research services", wallet: "Wallet" };
const TAKEN = new Set(["adjustments", "fees", "transfers"]); // too wide for a phone

export class Books {
  constructor(auditor) {
    this.auditor = auditor;
    $("statement-more").addEventListener("click", () => this.more().catch(trouble));
  }

  async look() {
    const [trial, found] = await Promise.all([this.auditor.get("/ledger/trial-balance"), this.auditor.get("/reconciliation")]);
    const off = trial.differences.reduce((sum, one) => sum + Math.abs(one.difference), 0);
    this.verdict("balance", off, `Courses, research services and the wallet, each book for itself: what was debited was credited, in ${number(trial.lines.length)} accounts.`);
    this.equal(found);
    const seen = JSON.stringify(trial.lines);
    if (seen !== this.drawn) this.draw(trial);
    this.drawn = seen;
    $("trial-at").textContent = `as of ${time(trial.at)}`;
  }

  verdict(id, off, told, wrong = `${number(off)} paise off`) {
    $(id).className = `huge ${off ? "bad" : "good"}`;
    $(id).textContent = off ? wrong : "0 paise";
    $(`${id}-told`).textContent = told;
  }

  // What the reconciler found when it last held the gateway's entries against our postings and what people may use.
  equal({ agree, run, differences, settlements }) {
    const told = run ? `Looked at ${time(run.at)}: each entry of the gateway against our postings, and what people may use against what they paid.` : "The reconciler has not looked yet: it does each minute.";
    this.verdict("equal", agree ? 0 : differences.length, told, `${number(differences.length)} ${differences.length === 1 ? "thing differs" : "things differ"}`);
    if (!run) { $("equal").className = "huge"; $("equal").textContent = "–"; }
    $("differences").replaceChildren(...differences.map((one) => make("li", {}, `${sentence(one.what)}: ${one.about}, ${number(one.expected)} expected, ${number(one.found)} found, since ${time(one.since)}`)));
    $("settled-empty").hidden = settlements.length > 0;
    $("settled-table").hidden = settlements.length === 0;
    $("settled").replaceChildren(...settlements.map((one) => make("tr", {}, make("td", { class: "t" }, one.day), make("td", { class: "t" }, BOOKS[one.line] ?? "nobody's yet"),
      ...["payments", "adjustments", "refunds", "fees", "transfers", "net"].map((name) => make("td", { class: TAKEN.has(name) ? "wide-only" : "" }, one[name] ? rupees(one[name]) : "")), make("td", { class: one.adds_up ? "up" : "down" }, one.adds_up ? "✓" : "✗"))));
  }

  draw({ lines }) {
    const books = Map.groupBy(lines, (one) => one.book);
    $("trial").replaceChildren(...[...books].map(([book, rows]) => {
      const sum = (name) => rows.reduce((all, one) => all + one[name], 0), used = rows.filter((one) => one.debits || one.credits);
      const table = make("table", {}, make("thead", {}, make("tr", {}, ...["account", "debits", "credits"].map((name) => make("th", { scope: "col" }, name)))),
        make("tbody", {}, ...used.map((one) => this.row(one))), make("tfoot", {}, make("tr", {}, make("td", {}, "sum"), make("td", {}, rupees(sum("debits"))), make("td", {}, rupees(sum("credits"))))));
      return make("div", {}, make("h3", {}, BOOKS[book] ?? book), used.length ? table : make("p", { class: "empty" }, "Nothing was posted yet."));
    }));
  }

  row(one) {
    const name = one.control.replace(/^[a-z]+:/, "").replace(/:INR$/, ""), title = `${one.control}, ${one.kind}`;
    const first = one.control === WALLETS ? make("span", { title: "The sum of all wallets; each is an account of its own" }, name)
      : make("button", { type: "button", class: "plain", title, "aria-label": `Statement of ${one.control}`, onclick: () => this.statement(one.control).catch(trouble) }, name);
    return make("tr", {}, make("td", {}, first), make("td", {}, one.debits ? rupees(one.debits) : ""), make("td", {}, one.credits ? rupees(one.credits) : ""));
  }

  async statement(code) {
    this.code = code;
    this.cursor = null;
    $("statement-title").textContent = code;
    $("statement-rows").replaceChildren();
    await this.more();
    if (!$("statement").open) $("statement").showModal();
  }

  async more() {
    const page = await this.auditor.get(`/ledger/accounts/${encodeURIComponent(this.code)}/statement?limit=100${this.cursor ? `&cursor=${encodeURIComponent(this.cursor)}` : ""}`);
    this.cursor = page.next_cursor;
    $("statement-rows").append(...page.items.map((one) => make("tr", {}, make("td", { class: "t" }, new Date(one.recorded_at).toISOString().slice(0, 19).replace("T", " ")), make("td", { class: "t", title: one.reference }, one.reason),
      make("td", { class: "t wide-only" }, one.counterpart), make("td", { class: one.amount < 0 ? "down" : "up" }, rupees(one.amount)), make("td", {}, rupees(one.running)))));
    $("statement-told").textContent = `As of ${time(page.as_of)}, the oldest first: a debit is positive, and the balance is debits less credits.`;
    $("statement-more").hidden = !this.cursor;
  }
}
