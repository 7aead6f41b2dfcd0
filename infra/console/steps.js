// Months side by side as SVG: what came and went back (Stacks), and the steps from an opening to a closing (Steps).

import { steps } from "/chart/axis.js";

const SPACE = "http://www.w3.org/2000/svg", TALL = 220, TOP = 14, BOTTOM = 22, LEFT = 64, RIGHT = 6;
const CHANGES = ["new", "reactivation", "expansion", "contraction", "churn"];

function draw(name, traits, text) {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(traits)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

class Months {
  constructor(place, label, format, key) {
    Object.assign(this, { place, label, format, months: [] });
    this.svg = draw("svg", { class: "curve steps", role: "img", height: TALL });
    const legend = document.createElement("ul");
    legend.className = "key";
    for (const [name, told] of key) legend.append(Object.assign(document.createElement("li"), { className: name, textContent: told }));
    place.replaceChildren(this.svg, legend);
    new ResizeObserver(() => this.paint()).observe(place);
  }

  show(months) {
    this.months = months;
    this.paint();
  }

  paint() {
    const wide = Math.max(240, this.place.clientWidth), { svg, months } = this;
    svg.setAttribute("viewBox", `0 0 ${wide} ${TALL}`);
    svg.setAttribute("aria-label", `${this.label}: ${this.words() || "nothing in this range"}. The table below has the figures.`);
    svg.replaceChildren();
    const high = Math.max(1, this.highest()), low = Math.min(0, this.lowest());
    this.y = (value) => TOP + ((TALL - TOP - BOTTOM) * (high - value)) / (high - low);
    for (const value of steps(low, high, 4)) svg.append(draw("line", { class: "grid", x1: LEFT, x2: wide - RIGHT, y1: this.y(value), y2: this.y(value) }), draw("text", { x: LEFT - 7, y: this.y(value) + 4, "text-anchor": "end" }, this.format(value)));
    const step = (wide - LEFT - RIGHT) / Math.max(1, months.length), every = Math.ceil(62 / step);
    months.forEach((one, index) => {
      this.month(one, LEFT + index * step, step);
      if (index % every === 0) svg.append(draw("text", { x: LEFT + (index + 0.5) * step, y: TALL - 5, "text-anchor": "middle" }, one.name ?? one.month));
    });
  }

  bar(kind, x, wide, from, to, told) {
    if (from === to) return;
    const top = Math.min(this.y(from), this.y(to)), tall = Math.max(1, Math.abs(this.y(from) - this.y(to)));
    const made = draw("rect", { class: kind, x, y: top, width: Math.max(1, wide), height: tall, rx: 1 });
    made.append(draw("title", {}, told));
    this.svg.append(made);
  }
}

export class Stacks extends Months {
  constructor(place, label, format) { super(place, label, format, [["sale", "net revenue"], ["back", "refunds and chargebacks"]]); }

  highest() { return Math.max(0, ...this.months.map((one) => one.sale)); }
  lowest() { return -Math.max(0, ...this.months.map((one) => one.back)); }
  words() { return this.months.map((one) => `${one.name} ${this.format(one.sale)}`).join(", "); }

  month(one, x, step) {
    const gap = Math.min(10, step * 0.2);
    this.bar("sale", x + gap / 2, step - gap, 0, one.sale, `${one.name}: net ${this.format(one.sale)}`);
    this.bar("back", x + gap / 2, step - gap, 0, -one.back, `${one.name}: back ${this.format(one.back)}`);
  }
}

export class Steps extends Months {
  constructor(place, label, format) { super(place, label, format, [["level", "closing"], ["gained", "new, reactivation, expansion"], ["lost", "contraction, churn"]]); }

  highest() { return Math.max(0, ...this.months.map((one) => one.opening + one.new + one.reactivation + one.expansion)); }
  lowest() { return 0; }
  words() { return this.months.map((one) => `${one.month} closing at ${this.format(one.closing)}`).join(", "); }

  // What came stands on the opening, what went hangs from there; the closing is the bar at the end.
  month(one, x, step) {
    const gap = Math.min(10, step * 0.15), wide = (step - gap) / (CHANGES.length + 1.5);
    let level = one.opening;
    CHANGES.forEach((name, index) => {
      const after = level + one[name], at = x + gap / 2 + index * wide;
      this.bar(one[name] < 0 ? "lost" : "gained", at, wide - 1, level, after, `${one.month}: ${name} ${this.format(one[name])}`);
      this.svg.append(draw("line", { class: "join", x1: at, x2: at + wide, y1: this.y(after), y2: this.y(after) }));
      level = after;
    });
    this.bar("level", x + gap / 2 + CHANGES.length * wide, wide * 1.5, 0, one.closing, `${one.month}: closing ${this.format(one.closing)}`);
  }
}
