// The chart's desk: which instrument and timeframe is shown, its indicators, and the way to a signal's time.

import { Chart } from "/chart/chart.js";
import { Chooser } from "/chooser.js";
import { $, make } from "/dom.js";
import { trouble } from "/frame.js";
import { Indicators } from "/indicators.js";
import { Market, divisor } from "/market.js";
import { level } from "/signals.js";

const NEAR = 110, AFTER_MS = 20 * 24 * 3600e3, PANE = 96, BASE = 380, PAUSE_MS = 4000;

export class Desk {
  constructor(session, signals) {
    this.signals = signals;
    this.market = new Market(session);
    this.pause = session.me.plan === "enterprise" ? PAUSE_MS : 4 * PAUSE_MS; // a smaller plan has fewer requests an hour
    this.indicators = new Indicators(session, () => this.plot());
    this.chooser = new Chooser(this.indicators);
    this.shown = { symbol: null, timeframe: null };
    this.ready = false; // whether the chart shows what was chosen
    this.past = null; // the instant in whose prices a past time is shown
    this.chart = new Chart($("chart"), {
      legendPlace: $("legend"), voice: $("voice"),
      onView: (view) => { $("back").hidden = view.following || !view.live.length; },
      onOldest: () => this.older().catch(trouble),
    });
    $("back").addEventListener("click", () => this.present().catch(trouble));
    $("closer").addEventListener("click", () => this.chart.zoom(1 / 1.4));
    $("wider").addEventListener("click", () => this.chart.zoom(1.4));
    addEventListener("themed", () => this.chart.draw());
  }

  async open() {
    const [instruments] = await Promise.all([this.market.open(), this.indicators.open()]);
    tabs($("symbols"), instruments.map((one) => one.symbol), (symbol) => this.choose(symbol).catch(trouble));
    this.chooser.draw();
    $("choose-indicators").disabled = false;
    return instruments;
  }

  async choose(symbol, timeframe = this.market.timeframes(symbol)[0]) {
    this.shown = { symbol, timeframe };
    this.ready = false;
    this.chart.show({ symbol, decimals: this.market.decimals(symbol) }, []);
    const shown = this.shown, offered = this.market.timeframes(symbol);
    select($("symbols"), symbol);
    tabs($("timeframes"), offered, (wanted) => this.choose(symbol, wanted).catch(trouble));
    select($("timeframes"), timeframe);
    $("prices-title").textContent = this.market.instrument(symbol).name;
    await this.market.load(symbol, timeframe);
    if (this.shown === shown) await this.present();
  }

  // The newest candles.
  async present() {
    const { symbol, timeframe } = this.shown, candles = this.market.candles(symbol, timeframe);
    this.past = null;
    this.chart.show({ symbol, decimals: this.market.decimals(symbol) }, candles);
    this.ready = true;
    this.mark();
    this.plot();
    $("empty").hidden = candles.length > 0;
    $("empty").textContent = "No candle yet: press play on the tape, or wait a moment.";
    this.quote();
    this.indicators.read({ symbol, timeframe, many: candles.length }, { all: true }).catch(trouble);
  }

  mark() {
    const { symbol, timeframe } = this.shown, splits = this.market.splits.get(symbol) ?? [];
    const seen = this.past ?? this.market.raw(symbol, timeframe).at(-1)?.at;
    this.chart.mark(seen ? this.signals.of(symbol).map((one) => inPrices(one, splits, seen)) : []);
  }

  plot() {
    const plots = this.indicators.plots(this.chart.view.all), panes = plots.filter((one) => one.place === "pane").length;
    $("plot").style.minHeight = `${BASE + panes * PANE}px`;
    this.chart.plot(plots);
  }

  heard(data) {
    const change = this.market.heard(data, this.shown);
    if (data.symbol !== this.shown.symbol) return;
    if (change) $("empty").hidden = true;
    if (this.past || !this.ready) return;
    if (change === "one") this.chart.push(this.market.candles(this.shown.symbol, this.shown.timeframe).at(-1));
    if (change === "all") this.present().catch(trouble);
    this.plot();
    this.quote();
    this.later ??= setTimeout(() => { this.later = null; this.keepUp().catch(trouble); }, this.pause);
  }

  async keepUp() {
    const { shown } = this;
    if (await this.market.heal(shown) && this.shown === shown && !this.past && this.ready) {
      this.chart.view.refill(this.market.candles(shown.symbol, shown.timeframe));
      this.mark();
      this.plot();
      this.quote();
    }
    await this.indicators.refresh();
  }

  quote() {
    const [before, last] = this.market.candles(this.shown.symbol, this.shown.timeframe).slice(-2);
    const now = last ?? before;
    if (!now) { $("price").textContent = "–"; $("change").textContent = ""; return; }
    const change = last ? (last.close / before.close - 1) * 100 : 0;
    $("price").textContent = this.chart.text(now.close);
    $("change").className = change < 0 ? "down" : "up";
    $("change").textContent = `${change < 0 ? "▼" : "▲"} ${Math.abs(change).toFixed(2)} %`;
  }

  async older() {
    const { shown } = this;
    if (this.reading || this.past) return;
    this.reading = true;
    try {
      if (!(await this.market.older(shown.symbol, shown.timeframe)) || this.shown !== shown) return;
      const candles = this.market.candles(shown.symbol, shown.timeframe);
      this.chart.view.prepend(candles);
      this.chart.draw();
      await this.indicators.read({ ...shown, many: candles.length }, { all: true });
    } finally {
      this.reading = false;
    }
  }

  async look(signal) {
    const { symbol, timeframe } = signal.terms;
    if (this.shown.symbol !== symbol || this.shown.timeframe !== timeframe) await this.choose(symbol, timeframe);
    const mark = level(signal), oldest = this.market.raw(symbol, timeframe)[0];
    if (oldest && mark.at >= oldest.at) {
      if (this.past) await this.present();
    } else {
      await this.revisit(mark);
    }
    this.mark();
    this.chart.look(this.chart.signals.find((one) => one.id === mark.id) ?? mark);
  }

  // Goes back to the candles around a signal that the newest ones no longer show, in the prices it speaks of.
  async revisit(mark) {
    const { symbol, timeframe } = this.shown, until = (mark.closed ?? mark.expires) + AFTER_MS;
    const candles = await this.market.around(symbol, timeframe, { seen: mark.at, until, limit: NEAR });
    this.past = mark.at;
    this.chart.revisit(candles);
    this.plot();
    $("empty").hidden = true;
    this.indicators.read({ symbol, timeframe, until, many: NEAR }, { all: true }).catch(trouble);
  }
}

// A signal's levels as they read in the prices of another instant, when shares were split in between.
function inPrices(signal, splits, seen) {
  const by = signal.at <= seen ? divisor(splits, signal.at, seen) : 1 / divisor(splits, seen, signal.at);
  if (by === 1) return signal;
  const scale = (value) => (value === null ? null : value / by);
  return {
    ...signal, entry: scale(signal.entry), stop: scale(signal.stop), targets: signal.targets.map(scale), exit: scale(signal.exit),
    revisions: signal.revisions.map((one) => ({ ...one, stop: scale(one.stop), targets: one.targets.map(scale) })),
  };
}

// Buttons of which one is chosen; arrow keys go from one to the next.
function tabs(place, names, choose) {
  place.replaceChildren(...names.map((name) =>
    make("button", { type: "button", role: "tab", "aria-selected": "false", tabindex: "-1", onclick: () => choose(name) }, name)));
  place.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const all = [...place.children];
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    next.focus();
    next.click();
  };
}

function select(place, wanted) {
  for (const tab of place.children) {
    const chosen = tab.textContent === wanted;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
  }
}
