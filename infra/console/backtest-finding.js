// What a backtest found: figures with their caveats, two curves, months, folds, trials and trades.

import { details, headline, inR, month, parameters, percent, ratio, whole } from "/backtest-words.js";
import { Bars } from "/bars.js";
import { Curve } from "/curve.js";
import { $, make } from "/dom.js";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const FULL = 0.08; // a month of 8 % has the full colour
const AGAIN_MS = 240_000; // links to the reports end after five minutes
const day = (text) => text.slice(0, 10);
const cell = (text, kind = "") => make("td", kind ? { class: kind } : {}, text);

export class Finding {
  constructor(session) {
    this.session = session;
    this.equity = new Curve($("equity"), { label: "Equity", format: (value, long) => (long ? whole(value) : short(value)) });
    this.results = new Bars($("results"), "Trades by result in R");
    this.underwater = new Curve($("underwater"), { label: "Drawdown", kind: "loss", tall: 140, format: (value, long) => percent(value, long ? 2 : 1).replace("+", "") });
  }

  // How many trades ended at which half multiple of their risk.
  spread(trades) {
    const counts = new Map();
    for (const { r } of trades) {
      const bucket = Math.floor(Math.max(-4, Math.min(r, 7.9)) * 2);
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    }
    const low = Math.min(-3, ...counts.keys()), high = Math.max(2, ...counts.keys());
    const all = Array.from({ length: high - low + 1 }, (_, index) => low + index);
    this.results.show(all.map((bucket) => ({ name: `${bucket > 0 ? "+" : bucket < 0 ? "−" : ""}${Math.abs(bucket / 2)}`, many: counts.get(bucket) ?? 0, good: bucket >= 0 })));
  }

  hide() {
    clearInterval(this.again);
    $("finding").hidden = true;
    $("links").hidden = true;
  }

  async show({ id }) {
    const { finding } = await this.session.get(`/backtests/${id}/report`);
    $("finding").hidden = false;
    $("result-title").textContent = `${finding.title}${finding.study.plan ? ", walk-forward" : ""}`;
    $("lead").textContent = finding.description;
    $("headline").replaceChildren(...headline(finding).map(figure));
    $("caveats").replaceChildren(...finding.caveats.map((one) => make("li", {}, one)));
    $("equity-title").textContent = `Equity in ${finding.currency}`;
    this.curves(finding);
    this.spread(finding.trades);
    $("figures").replaceChildren(...details(finding).map(figure));
    months(finding.curve.months);
    $("extra").replaceChildren(...folds(finding.choices), ...tried(finding.tried));
    trades(finding);
    await this.links(id);
    this.again = setInterval(() => this.links(id), AGAIN_MS);
  }

  curves(finding) {
    const at = finding.days.map((one) => Date.parse(one));
    this.equity.base = finding.study.account.cash;
    this.equity.show(finding.equity.map((value, index) => [at[index], value]), finding.choices.slice(1).map((one) => Date.parse(one.fold.test_from)));
    this.underwater.show(finding.underwater.map((value, index) => [at[index], value]));
  }

  async links(id) {
    const [page, paper] = await Promise.all([this.session.get(`/backtests/${id}/report.html`), this.session.get(`/backtests/${id}/report.pdf`)]);
    $("link-html").href = page.url;
    $("link-pdf").href = paper.url;
    $("links").hidden = false;
  }
}

function figure({ name, value, note, mood }) {
  return make("div", {}, make("dt", {}, name), make("dd", mood ? { class: mood } : {}, value), note ? make("dd", { class: "note" }, note) : null);
}

function short(value) {
  const apart = Math.abs(value) >= 1e6 ? [1e6, "M"] : Math.abs(value) >= 1e3 ? [1e3, "k"] : [1, ""];
  return `${Number((value / apart[0]).toPrecision(4))}${apart[1]}`;
}

function months(all) {
  const years = new Map();
  for (const [year, number, value] of all) {
    if (!years.has(year)) years.set(year, Array(12).fill(null));
    years.get(year)[number - 1] = value;
  }
  $("months-head").replaceChildren(make("tr", {}, ...["", ...MONTHS, "Year"].map((one) => make("th", { scope: "col" }, one))));
  $("months").replaceChildren(...[...years].map(([year, row]) => {
    const sum = row.reduce((product, value) => product * (1 + (value ?? 0)), 1) - 1;
    return make("tr", {}, make("th", { scope: "row" }, String(year)), ...row.map(shaded), make("td", { class: "sum" }, month(sum)));
  }));
}

function shaded(value) {
  const found = cell(value === null ? "" : month(value), value ? "" : "dim");
  if (value) found.style.background = `color-mix(in srgb, var(--${value > 0 ? "up" : "down"}) ${Math.round(Math.min(Math.abs(value) / FULL, 1) * 45)}%, transparent)`;
  return found;
}

function table(title, names, rows) {
  const head = make("tr", {}, ...names.map(([name, kind]) => make("th", { scope: "col", class: kind ?? "" }, name)));
  return [make("h3", {}, title), make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)))];
}

function folds(choices) {
  if (!choices.length) return [];
  const rows = choices.map((one) => make("tr", {}, cell(`${day(one.fold.train_from)} to ${day(one.fold.test_from)}`, "t"), cell(`to ${day(one.fold.test_to)}`, "t"),
    cell(parameters(one.params), "t"), cell(ratio(one.trained)), cell(ratio(one.tested)), cell(String(one.tested_trades))));
  return table("Walk-forward", [["chosen on", "t"], ["judged on", "t"], ["parameters", "t"], ["Sharpe, chosen"], ["Sharpe, judged"], ["trades"]], rows);
}

function tried(all) {
  if (all.length < 2) return [];
  const rows = all.map((one) => make("tr", {}, cell(parameters(one.params), "t"), cell(ratio(one.sharpe)), cell(percent(one.net_return)), cell(String(one.trades))));
  return table("Everything that was tried, over the whole period", [["parameters", "t"], ["Sharpe"], ["return"], ["trades"]], rows);
}

function trades(finding) {
  const left = finding.trades.length < finding.trades_in_all ? `, the last ${finding.trades.length} shown` : "";
  const skipped = Object.entries(finding.skipped).sort(([, a], [, b]) => b - a).map(([why, many]) => `${many} ${many === 1 ? "signal" : "signals"} not traded: ${why}.`);
  $("trades-about").textContent = [`${finding.trades_in_all} closed${left}${finding.still_open ? `; ${finding.still_open} still open` : ""}.`, ...skipped].join(" ");
  $("trades").replaceChildren(...finding.trades.toReversed().map((one) => make("tr", {},
    cell(one.symbol, "t"), cell(one.side, `t ${one.side === "buy" ? "up" : "down"}`), cell(day(one.entered_at), "t"), cell(day(one.exited_at), "t"), cell(whole(one.quantity)),
    cell(price(one.entry)), cell(price(one.exit)), cell(one.ending.replaceAll("_", " "), "t"), cell(whole(one.net, true), one.net > 0 ? "up" : "down"), cell(inR(one.r)))));
}

const price = (value) => (value < 20 ? value.toFixed(5) : value.toFixed(2));
