// The backtest page: order one, watch it, read what came of it, and come back to earlier ones.

import { Asking } from "/backtest-form.js";
import { Finding } from "/backtest-finding.js";
import { $, make } from "/dom.js";
import { people, settle, trouble } from "/frame.js";

const LOOK_MS = 600, AT_WORK = new Set(["queued", "running"]);
const STEPS = { waiting: "waiting its turn", planning: "planning", deciding: "asking the strategy", concluding: "trading what it decided", reporting: "writing the report", ended: "done" };

class Bench {
  constructor(session) {
    this.session = session;
    this.mine = [];
    this.shown = null;
    this.finding = new Finding(session);
    this.asking = new Asking(session, (order) => this.run(order));
    $("cancel").addEventListener("click", () => this.cancel().catch(trouble));
  }

  async open() {
    await this.asking.open();
    this.mine = (await this.session.get("/backtests?limit=20")).items;
    this.list();
    const wanted = location.hash.slice(1);
    const first = this.mine.find((one) => one.id === wanted) ?? this.mine[0];
    if (first) await this.show(first);
  }

  async run(order) {
    const made = await this.session.post("/backtests", order, { "Idempotency-Key": crypto.randomUUID() });
    this.mine.unshift(made);
    await this.show(made);
  }

  async show(one) {
    this.shown = one.id;
    history.replaceState(null, "", `#${one.id}`);
    this.list();
    $("result-empty").hidden = true;
    this.finding.hide();
    await this.watch(one);
  }

  // Asks how far it is until it ended, or another is shown.
  async watch(one) {
    let now = one;
    while (this.shown === one.id && AT_WORK.has(now.status)) {
      this.progress(now);
      await new Promise((resolve) => { setTimeout(resolve, LOOK_MS); });
      now = await this.session.get(`/backtests/${one.id}`);
      this.mine = this.mine.map((each) => (each.id === now.id ? now : each));
      this.list();
    }
    if (this.shown !== one.id) return;
    this.progress(now);
    if (now.status === "done") await this.finding.show(now);
    $("result-empty").hidden = now.status === "done";
    $("result-empty").textContent = now.status === "failed" ? `It failed: ${now.reason}` : "It was stopped.";
  }

  progress(one) {
    $("working").hidden = !AT_WORK.has(one.status);
    $("percent").value = one.percent;
    $("step").textContent = `${one.percent} %, ${STEPS[one.step] ?? one.step}`;
    $("result-title").textContent = AT_WORK.has(one.status) ? "At work" : "Result";
  }

  async cancel() {
    const ended = await this.session.post(`/backtests/${this.shown}/cancel`);
    this.mine = this.mine.map((each) => (each.id === ended.id ? ended : each));
    this.list();
  }

  list() {
    $("mine-none").hidden = this.mine.length > 0;
    $("mine").replaceChildren(...this.mine.map((one) => this.item(one)));
  }

  item(one) {
    const { wanted } = one, state = AT_WORK.has(one.status) ? `${one.percent} %` : one.status;
    const period = `${wanted.first.slice(0, 10)} to ${wanted.last.slice(0, 10)}`;
    return make("li", {}, make("button", { type: "button", "aria-current": String(one.id === this.shown), onclick: () => this.show(one).catch(trouble) },
      make("b", {}, this.asking.title(wanted.strategy)), make("span", { class: "state" }, state),
      make("small", {}, `${wanted.symbols.join(", ")} ${wanted.timeframe}, ${period}${wanted.folds ? `, ${wanted.folds} folds` : ""}`)));
  }
}

settle();
people((session) => new Bench(session).open());
