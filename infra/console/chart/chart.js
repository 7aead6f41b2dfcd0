// The chart: candles with overlays, panes below, signals over both; crisp at any pixel ratio, by mouse,
// touch and keyboard. What is seen is the view's business, what a thing looks like that of its own module.

import { BOTTOM, RIGHT, Scale, grid, tags, times } from "/chart/axis.js";
import { colours } from "/chart/colours.js";
import { cross, legend, paneLegend, spoken } from "/chart/cross.js";
import { brief } from "/chart/format.js";
import { Hands } from "/chart/hands.js";
import { lives, marks, names, visible } from "/chart/lives.js";
import { candles, guides, plot, seenValues } from "/chart/plots.js";
import { View } from "/chart/view.js";

const FONT = "12px system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";
const GAP = 10, PANE_TOP = 20, AIR = 1.5, REACH = 0.5, NAMES = 62, FEW = 10;

export class Chart {
  constructor(canvas, { legendPlace, voice, onView, onOldest }) {
    Object.assign(this, { canvas, legendPlace, voice, onView, onOldest });
    this.view = new View();
    this.subject = { symbol: "", decimals: 2 };
    this.signals = [];
    this.chosen = null;
    this.indicators = [];
    this.pointer = null; // {x, y}, or {index} when moved by keys
    new ResizeObserver(() => this.draw()).observe(canvas);
    this.hands = new Hands(canvas, this);
  }

  show(subject, candles) {
    this.subject = subject;
    this.chosen = null;
    this.pointer = null;
    this.view.show(candles);
    this.draw();
  }

  push(candle) {
    this.view.push(candle);
    this.draw();
  }

  revisit(candles) {
    this.view.revisit(candles);
    this.draw();
  }

  follow() {
    this.view.follow();
    this.draw();
  }

  mark(signals) {
    this.signals = signals;
    if (this.chosen) this.chosen = signals.find((one) => one.id === this.chosen.id) ?? this.chosen;
    this.draw();
  }

  look(signal) {
    this.chosen = signal;
    this.view.reveal(signal.at, signal.closed ?? signal.expires);
    this.draw();
  }

  plot(indicators) {
    this.indicators = indicators;
    this.draw();
  }

  zoom(factor) {
    this.view.zoom(factor);
    this.moved();
  }

  // The reader moved what is seen; at its oldest end older candles may be wanted.
  moved() {
    if (this.view.first === 0 && !this.view.past) this.onOldest();
    this.draw();
  }

  point(pointer) {
    this.pointer = pointer;
    this.draw();
  }

  text(price) { return price.toFixed(this.subject.decimals); }

  draw() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.paint(); });
  }

  paint() {
    const { width, height } = this.canvas.getBoundingClientRect();
    const ratio = window.devicePixelRatio || 1;
    if (!width || !height) return;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    const pen = this.canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.font = FONT;
    this.view.room = width - RIGHT;
    this.describe();
    this.onView(this.view);
    if (!this.view.seen.length) { this.legendPlace.replaceChildren(); this.art = null; return; }
    this.art = this.lay(pen, width, height);
    this.paintPrices();
    for (const pane of this.art.panes) this.paintPane(pane);
    times(this.art);
    cross(this.art, this.pointer);
  }

  lay(pen, width, height) {
    const { view } = this, room = width - RIGHT, palette = colours();
    const index = this.hands.index();
    legend(this.legendPlace, this, index);
    const top = this.legendPlace.offsetHeight + 8;
    const below = this.indicators.filter((one) => one.place === "pane");
    const tall = below.length ? Math.max(54, Math.min(100, (height - BOTTOM) * 0.55 / below.length, height * 0.17)) : 0;
    const bottom = height - BOTTOM - below.length * (tall + GAP);
    const step = (room - (this.named() ? NAMES : 0)) / (view.seen.length < view.many && !view.past ? Math.max(view.seen.length, 40) + AIR : view.seen.length + AIR);
    const panes = below.map((indicator, at) => {
      const from = bottom + GAP + at * (tall + GAP);
      return { indicator, top: from, scale: this.paneScale(indicator, from + PANE_TOP, from + tall) };
    });
    return {
      pen, palette, view, room, width, height, step, panes, bottom: height - BOTTOM, index, pointer: this.pointer,
      price: this.priceScale(top, bottom), text: (price) => this.text(price), x: (at) => (at + 0.5) * step + 3,
    };
  }

  // Whether the names of the chosen signal's levels need room at the right edge.
  named() {
    const { view, chosen } = this;
    if (!chosen || !view.following || !visible({ view }, chosen)) return false;
    return chosen.closed === null || view.all.length - view.place(chosen.closed) < FEW;
  }

  priceScale(top, bottom) {
    const { view, chosen } = this;
    const overlays = this.indicators.filter((one) => one.place === "price").flatMap((one) => one.outputs);
    const values = [...view.seen.flatMap((one) => [one.low, one.high]), ...overlays.flatMap((one) => seenValues(view, one).filter((value) => value !== null))];
    const scale = Scale.around(top, bottom, values);
    if (!chosen || !visible({ view }, chosen)) return scale;
    const reach = (scale.high - scale.low) * REACH; // a target far away must not flatten the candles
    const near = [chosen.entry, chosen.stop, ...chosen.targets].filter((value) => value > scale.low - reach && value < scale.high + reach);
    return Scale.around(top, bottom, [...values, ...near]);
  }

  paneScale(indicator, top, bottom) {
    if (indicator.range) return new Scale(top, bottom, ...indicator.range);
    const values = indicator.outputs.flatMap((one) => seenValues(this.view, one).filter((value) => value !== null));
    if (indicator.outputs.some((one) => one.kind === "bars")) values.push(0);
    const scale = Scale.around(top, bottom, values);
    if (indicator.outputs.every((one) => one.byCandle)) scale.low = 0;
    return scale;
  }

  paintPrices() {
    const { art, view } = this, { price, palette } = art;
    const last = view.seen.at(-1).close;
    const now = { y: price.y(last), text: this.text(last), ground: palette.dim, ink: palette.card };
    const levels = this.chosen && visible(art, this.chosen) ? [this.chosen.entry, this.chosen.stop, ...this.chosen.targets] : [];
    const many = Math.max(2, Math.floor((price.bottom - price.top) / 44));
    grid(art, price, { text: (value) => this.text(value), many, avoid: [now.y, ...levels.map((value) => price.y(value))] });
    const told = within(art, price.top - 4, price.bottom + 4, () => {
      lives(art, this.signals, this.chosen);
      for (const one of this.indicators) if (one.place === "price") plot(art, price, one);
      candles(art);
      return marks(art, this.signals, this.chosen);
    });
    names(art, tags(art, [...told.filter((one) => price.holds(one.y)), now]));
  }

  paintPane({ indicator, top, scale }) {
    const { art } = this, { pen, palette, width } = art;
    pen.strokeStyle = palette.line;
    pen.beginPath(); pen.moveTo(0, top + 0.5); pen.lineTo(width, top + 0.5); pen.stroke();
    if (indicator.guides) guides(art, scale, indicator.guides, brief);
    else grid(art, scale, { text: brief, many: scale.bottom - scale.top > 62 ? 3 : 2 });
    within(art, top, scale.bottom, () => plot(art, scale, indicator));
    paneLegend(art, indicator, top);
  }

  describe() {
    const { view } = this, last = view.all.at(-1);
    this.canvas.setAttribute("aria-label", last
      ? `Candle chart of ${this.subject.symbol}: ${view.all.length} candles, last close ${this.text(last.close)}, ${this.signals.length} signals, ${this.indicators.length} indicators. Arrow keys read single candles, plus and minus zoom, End goes to the newest.`
      : "Candle chart, no prices yet");
  }

  speak() {
    this.voice.textContent = spoken(this, this.hands.index());
  }
}

// Draws between two heights, left of the axis, and nowhere else.
function within({ pen, room }, top, bottom, draw) {
  pen.save();
  pen.beginPath(); pen.rect(0, top, room, bottom - top); pen.clip();
  const found = draw();
  pen.restore();
  return found;
}
