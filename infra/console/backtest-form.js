// The form of a backtest: what can be asked, what is recorded to test it on, and the order it makes.

import { $, make } from "/dom.js";

const PAGE = 1000, PAGES = 8;
const SEARCHED = ["stop", "targets", "life", "confidence"];
const FIRST = "AAPL";

export class Asking {
  constructor(session, order) {
    this.session = session;
    this.order = order;
    this.form = $("ask");
    this.recorded = new Map();
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    this.form.elements.walk.addEventListener("change", () => { $("walk-fields").hidden = !this.form.elements.walk.checked; });
    this.form.elements.sizing.addEventListener("change", () => this.sized());
    $("strategy").addEventListener("change", () => this.told());
    $("timeframe").addEventListener("change", () => this.span());
  }

  async open() {
    const [strategies, instruments] = await Promise.all([this.session.get("/strategies"), this.session.get("/instruments")]);
    this.strategies = strategies.items;
    this.instruments = instruments.items;
    $("strategy").replaceChildren(...this.strategies.map((one) => make("option", { value: one.name }, one.title)));
    $("bt-symbols").replaceChildren(...this.instruments.map((one) => make("label", { class: "check", title: one.name },
      make("input", { type: "checkbox", name: "symbol", value: one.symbol, ...(one.symbol === FIRST ? { checked: "" } : {}), onchange: () => this.chosen() }), one.symbol)));
    $("fields").disabled = false;
    this.told();
    await this.chosen();
  }

  title(name) { return this.strategies.find((one) => one.name === name)?.title ?? name; }

  told() {
    const { family, description } = this.strategies.find((one) => one.name === $("strategy").value);
    $("strategy-about").replaceChildren(make("b", {}, `${family[0].toUpperCase()}${family.slice(1)}. `), description);
  }

  symbols() { return [...this.form.querySelectorAll("[name=symbol]:checked")].map((one) => one.value); }

  sized() {
    this.form.elements.size.value = { risk: "1", equity: "20", notional: "100000" }[this.form.elements.sizing.value];
  }

  // Only timeframes that all chosen instruments have.
  async chosen() {
    const symbols = this.symbols(), before = $("timeframe").value;
    const offered = this.instruments.filter((one) => symbols.includes(one.symbol)).map((one) => one.timeframes);
    const common = (offered[0] ?? []).filter((one) => offered.every((each) => each.includes(one)));
    $("timeframe").replaceChildren(...common.map((one) => make("option", { value: one }, one)));
    $("timeframe").value = common.includes(before) ? before : common.includes("1d") ? "1d" : common[0] ?? "";
    await this.span();
  }

  // Sets the period to what is recorded of all chosen ones.
  async span() {
    const symbols = this.symbols(), timeframe = $("timeframe").value;
    if (!symbols.length || !timeframe) { $("recorded").textContent = symbols.length ? "These instruments share no timeframe." : "Choose an instrument."; return; }
    const spans = await Promise.all(symbols.map((one) => this.extent(one, timeframe)));
    if (spans.includes(null)) { $("recorded").textContent = "Nothing is recorded yet of one of them: let the tape play, or read a backfill."; return; }
    const first = spans.map((one) => one[0]).sort().at(-1), last = spans.map((one) => one[1]).sort()[0];
    $("recorded").textContent = `Recorded here: ${first} to ${last}. The first hundred candles warm the strategy up.`;
    Object.assign(this.form.elements.first, { value: first });
    Object.assign(this.form.elements.last, { value: last });
  }

  async extent(symbol, timeframe) {
    const key = `${symbol} ${timeframe}`;
    if (this.recorded.has(key)) return this.recorded.get(key);
    let oldest = null, newest = null, until = null;
    for (let page = 0; page < PAGES; page += 1) {
      const asked = new URLSearchParams({ timeframe, limit: PAGE, ...(until ? { until } : {}) });
      const { items } = await this.session.get(`/instruments/${encodeURIComponent(symbol)}/candles?${asked}`);
      if (!items.length) break;
      newest ??= items.at(-1).closed_at;
      oldest = items[0].closed_at;
      until = new Date(Date.parse(oldest) - 1).toISOString();
      if (items.length < PAGE) break;
    }
    if (oldest) this.recorded.set(key, [oldest.slice(0, 10), newest.slice(0, 10)]);
    return this.recorded.get(key) ?? null;
  }

  async submit() {
    $("refused").textContent = "";
    for (const place of this.form.querySelectorAll("details:has(:invalid)")) place.open = true;
    if (!this.form.reportValidity()) return;
    $("run").disabled = true;
    try {
      await this.order(this.wanted());
    } catch (error) {
      $("refused").textContent = error.told ?? error.message;
    } finally {
      $("run").disabled = false;
    }
  }

  wanted() {
    const { elements } = this.form, value = (name) => Number(elements[name].value);
    const kind = elements.sizing.value;
    const search = SEARCHED.map((name) => [name, elements[`try_${name}`].value.split(/[,;\s]+/).filter(Boolean).map(Number)]).filter(([, values]) => values.length);
    const wrong = search.find(([, values]) => values.some(Number.isNaN));
    if (wrong) throw new Error(`Numbers with commas between, please, for ${wrong[0]}`);
    return {
      strategy: elements.strategy.value, symbols: this.symbols(), timeframe: elements.timeframe.value,
      first: `${elements.first.value}T00:00:00Z`, last: `${elements.last.value}T23:59:59Z`, cash: value("cash"), leverage: value("leverage"),
      costs: Object.fromEntries(["fee_bps", "fee_per_order", "slippage_bps", "slippage_atr"].map((name) => [name, value(name)])),
      sizing: { kind, value: kind === "notional" ? value("size") : value("size") / 100, lot: value("lot") },
      screened: elements.screened.checked, search: Object.fromEntries(search),
      walk_forward: elements.walk.checked ? { folds: value("folds"), train: value("train") } : null,
    };
  }
}
