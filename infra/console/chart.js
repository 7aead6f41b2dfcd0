// Candles and a signal's levels on a canvas: crisp at any pixel ratio, coloured by the page's theme.

const RIGHT = 76, BOTTOM = 26, TOP = 26, WIDEST = 14, MOST = 400, LABELS = 104;
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export class Chart {
  constructor(canvas, legend) {
    this.canvas = canvas;
    this.legend = legend;
    this.symbol = "";
    this.decimals = 2;
    this.candles = [];
    this.past = null;
    this.marks = [];
    this.focus = null;
    this.pointer = null;
    new ResizeObserver(() => this.draw()).observe(canvas);
    canvas.addEventListener("pointermove", (event) => this.point(event.offsetX, event.offsetY));
    canvas.addEventListener("pointerleave", () => this.point(null));
  }

  show(symbol, candles, decimals) {
    Object.assign(this, { symbol, candles: candles.slice(-MOST), decimals, focus: null, past: null });
    this.draw();
  }

  push(candle) {
    const last = this.candles.at(-1);
    if (last && candle.at < last.at) return;
    if (last && candle.at === last.at) this.candles.pop();
    this.candles.push(candle);
    if (this.candles.length > MOST) this.candles.shift();
    this.draw();
  }

  // Shows candles of another time instead of the newest, until called with null.
  revisit(candles) {
    this.past = candles;
    this.draw();
  }

  get shown() { return this.past ?? this.candles; }

  mark(signals) {
    this.marks = signals;
    this.draw();
  }

  look(signal) {
    this.focus = signal;
    this.draw();
  }

  point(x, y) {
    this.pointer = x === null ? null : { x, y };
    this.draw();
  }

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
    pen.clearRect(0, 0, width, height);
    this.describe();
    if (!this.shown.length) { this.legend.textContent = ""; return; }
    this.lay(width, height);
    this.axes(pen);
    this.zones(pen);
    this.shown.slice(this.first).forEach((candle, index) => this.candle(pen, candle, index));
    this.levels(pen);
    this.markers(pen);
    this.tag(pen, this.shown.at(-1).close, css("--accent"), css("--on-accent"));
    this.cross(pen);
  }

  lay(width, height) {
    const room = width - RIGHT;
    const shown = Math.max(20, Math.min(this.shown.length, Math.floor(room / 10)));
    this.first = Math.max(0, this.shown.length - shown);
    this.step = Math.min(WIDEST, (room - (this.focus ? LABELS : 0)) / Math.min(shown + 2, this.shown.length + 2));
    const visible = this.shown.slice(this.first);
    const seen = this.focus && visible.length && this.focus.at >= visible[0].at;
    const levels = seen ? [this.focus.entry, this.focus.stop, ...this.focus.targets] : [];
    this.levelled = seen ? this.focus : null;
    const low = Math.min(...visible.map((one) => one.low), ...levels);
    const high = Math.max(...visible.map((one) => one.high), ...levels);
    const pad = (high - low || high * 0.01) * 0.06;
    Object.assign(this, { width, height, low: low - pad, high: high + pad, bottom: height - BOTTOM, room });
  }

  x(index) { return (index + 0.5) * this.step + 4; }
  y(price) { return TOP + ((this.high - price) / (this.high - this.low)) * (this.bottom - TOP); }
  text(price) { return price.toFixed(this.decimals); }

  axes(pen) {
    const rough = (this.high - this.low) / 6;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough);
    const last = this.y(this.shown.at(-1).close);
    pen.font = "12px system-ui, sans-serif";
    pen.lineWidth = 1;
    pen.textBaseline = "middle";
    pen.textAlign = "left";
    for (let price = Math.ceil(this.low / step) * step; price < this.high; price += step) {
      const y = Math.round(this.y(price)) + 0.5;
      pen.strokeStyle = css("--line");
      pen.beginPath(); pen.moveTo(0, y); pen.lineTo(this.room, y); pen.stroke();
      pen.fillStyle = css("--dim");
      if (Math.abs(y - last) > 17) pen.fillText(this.text(price), this.room + 8, y);
    }
    this.times(pen);
  }

  times(pen) {
    pen.textAlign = "center";
    pen.fillStyle = css("--dim");
    const every = Math.max(1, Math.ceil(96 / this.step));
    const daily = this.shown.length < 2 || this.shown.at(-1).at - this.shown.at(-2).at >= 20 * 3600e3;
    const shape = daily ? { day: "numeric", month: "short", year: "2-digit" } : { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
    const format = new Intl.DateTimeFormat("en-GB", { ...shape, timeZone: "UTC" });
    const visible = this.shown.slice(this.first);
    const offset = every - 1 - (this.first % every);
    for (let index = offset; index < visible.length; index += every) {
      const x = this.x(index);
      if (x > 44 && x < this.room - 40) pen.fillText(format.format(visible[index].at), x, this.height - BOTTOM / 2 + 2);
    }
  }

  candle(pen, one, index) {
    const x = Math.round(this.x(index)), wide = Math.max(1, Math.floor(this.step * 0.68));
    const top = Math.round(this.y(Math.max(one.open, one.close)));
    const foot = Math.round(this.y(Math.min(one.open, one.close)));
    pen.fillStyle = css(one.close >= one.open ? "--up" : "--down");
    pen.fillRect(x, Math.round(this.y(one.high)), 1, Math.max(1, Math.round(this.y(one.low) - this.y(one.high))));
    pen.fillRect(x - Math.floor(wide / 2), top, wide, Math.max(1, foot - top));
  }

  place(at) {
    const index = this.shown.findIndex((one) => one.at >= at);
    return index < 0 ? this.shown.length - 1 - this.first : index - this.first;
  }

  zones(pen) {
    const signal = this.levelled;
    if (!signal) return;
    const from = Math.max(0, this.x(this.place(signal.at)));
    const far = signal.targets.at(-1);
    const zone = (a, b, colour) => {
      pen.fillStyle = css(colour);
      pen.fillRect(from, Math.min(this.y(a), this.y(b)), this.room - from, Math.abs(this.y(a) - this.y(b)));
    };
    zone(signal.entry, far, "--up-soft");
    zone(signal.entry, signal.stop, "--down-soft");
  }

  levels(pen) {
    const signal = this.levelled;
    if (!signal) return;
    const from = Math.max(0, this.x(this.place(signal.at)));
    this.level(pen, from, signal.entry, "--accent", "entry");
    this.level(pen, from, signal.stop, "--down", "stop");
    signal.targets.forEach((price, index) => this.level(pen, from, price, "--up", index ? `target ${index + 1}` : "target"));
  }

  level(pen, from, price, colour, name) {
    const y = Math.round(this.y(price)) + 0.5;
    pen.strokeStyle = css(colour);
    pen.setLineDash([5, 4]);
    pen.beginPath(); pen.moveTo(from, y); pen.lineTo(this.room, y); pen.stroke();
    pen.setLineDash([]);
    const told = `${name} ${this.text(price)}`, wide = pen.measureText(told).width + 12;
    pen.fillStyle = css("--card");
    pen.fillRect(this.room - wide - 2, y - 9, wide, 18);
    pen.strokeRect(this.room - wide - 1.5, y - 9, wide, 18);
    pen.fillStyle = css(colour);
    pen.textAlign = "right";
    pen.fillText(told, this.room - 8, y + 0.5);
  }

  markers(pen) {
    for (const signal of this.marks) {
      if (signal.at < this.shown[this.first].at || signal.at > this.shown.at(-1).at) continue;
      const index = this.place(signal.at), candle = this.shown[index + this.first];
      const buy = signal.side === "buy", x = this.x(index);
      const y = buy ? this.y(candle.low) + 7 : this.y(candle.high) - 7, tip = buy ? 9 : -9;
      pen.fillStyle = css(buy ? "--up" : "--down");
      pen.strokeStyle = css("--card");
      pen.beginPath(); pen.moveTo(x, y); pen.lineTo(x - 6, y + tip); pen.lineTo(x + 6, y + tip); pen.closePath();
      pen.fill(); pen.stroke();
    }
  }

  tag(pen, price, ground, ink) {
    const y = this.y(price);
    pen.fillStyle = ground;
    pen.fillRect(this.room + 2, y - 10, RIGHT - 4, 20);
    pen.fillStyle = ink;
    pen.textAlign = "left";
    pen.fillText(this.text(price), this.room + 8, y);
  }

  cross(pen) {
    const visible = this.shown.slice(this.first);
    const over = this.pointer && this.pointer.x < this.room && this.pointer.y < this.bottom;
    const index = over ? Math.max(0, Math.min(visible.length - 1, Math.round((this.pointer.x - 4) / this.step - 0.5))) : visible.length - 1;
    const one = visible[index];
    const day = new Date(one.at).toISOString().slice(0, 16).replace("T", " ");
    this.legend.textContent = `${this.symbol}  ${day}  O ${this.text(one.open)}  H ${this.text(one.high)}  L ${this.text(one.low)}  C ${this.text(one.close)}`;
    if (!over) return;
    pen.strokeStyle = css("--dim");
    pen.setLineDash([2, 3]);
    const x = Math.round(this.x(index)) + 0.5, y = Math.round(this.pointer.y) + 0.5;
    pen.beginPath(); pen.moveTo(x, TOP); pen.lineTo(x, this.bottom); pen.moveTo(0, y); pen.lineTo(this.room, y); pen.stroke();
    pen.setLineDash([]);
    const price = this.high - ((this.pointer.y - TOP) / (this.bottom - TOP)) * (this.high - this.low);
    this.tag(pen, price, css("--dim"), css("--card"));
  }

  describe() {
    const last = this.shown.at(-1);
    this.canvas.setAttribute("aria-label", last
      ? `Candle chart of ${this.symbol}: ${this.shown.length} candles, last close ${this.text(last.close)}, ${this.marks.length} signals`
      : "Candle chart, no prices yet");
  }
}
