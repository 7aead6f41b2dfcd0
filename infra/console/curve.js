// A line over time as SVG: round values at the left, dates below, the value under the pointer in words.

import { steps } from "/chart/axis.js";

const LEFT = 58, RIGHT = 10, TOP = 10, BOTTOM = 22, SPACE = "http://www.w3.org/2000/svg";

function draw(name, traits, text) {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(traits)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

export class Curve {
  // `kind` is "gain" or "loss": the colour; `format` says a value, `base` is a dashed level such as the start.
  constructor(place, { label, format, tall = 220, kind = "gain", base = null }) {
    Object.assign(this, { place, label, format, tall, kind, base, points: [], cuts: [] });
    this.svg = draw("svg", { class: `curve ${kind}`, role: "img", tabindex: "0" });
    this.readout = Object.assign(document.createElement("p"), { className: "readout" });
    this.readout.setAttribute("role", "status");
    place.replaceChildren(this.readout, this.svg);
    this.svg.addEventListener("pointermove", (event) => this.at(this.nearest(event.offsetX)));
    this.svg.addEventListener("pointerleave", () => this.at(null));
    this.svg.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.paint()).observe(place);
  }

  // points are [milliseconds, value], oldest first; cuts are instants of dashed lines.
  show(points, cuts = []) {
    this.points = points;
    this.cuts = cuts;
    this.paint();
  }

  // points are [number, value]: numbers below instead of dates.
  byNumber(points) {
    this.numbers = true;
    this.show(points);
  }

  paint() {
    const wide = Math.max(200, this.place.clientWidth), { points, svg, tall } = this;
    svg.setAttribute("viewBox", `0 0 ${wide} ${tall}`);
    svg.setAttribute("height", tall);
    svg.replaceChildren();
    if (points.length < 2) { this.readout.textContent = "Too few points for a line."; return; }
    this.lay(wide);
    svg.setAttribute("aria-label", `${this.label}, from ${this.day(0)} to ${this.day(points.length - 1)}: ${this.format(points[0][1])} to ${this.format(points.at(-1)[1])}. Arrow keys read it point by point.`);
    this.axes(wide);
    const path = points.map(([at, value], index) => `${index ? "L" : "M"}${this.x(at).toFixed(1)} ${this.y(value).toFixed(1)}`).join("");
    const floor = this.kind === "loss" ? TOP : this.base === null ? tall - BOTTOM : this.y(this.base);
    svg.append(draw("path", { class: "area", d: `${path}L${this.x(points.at(-1)[0]).toFixed(1)} ${floor}L${this.x(points[0][0]).toFixed(1)} ${floor}Z` }));
    for (const cut of this.cuts) svg.append(draw("line", { class: "cut", x1: this.x(cut), x2: this.x(cut), y1: TOP, y2: tall - BOTTOM }));
    svg.append(draw("path", { class: "line", d: path }));
    this.mark = draw("g", { class: "mark", visibility: "hidden" });
    this.mark.append(draw("line", { y1: TOP, y2: tall - BOTTOM }), draw("circle", { r: 4 }));
    svg.append(this.mark);
    this.at(null);
  }

  lay(wide) {
    const values = this.points.map(([, value]) => value);
    if (this.base !== null) values.push(this.base);
    const low = Math.min(...values), high = Math.max(...values), air = (high - low || Math.abs(high) || 1) * 0.06;
    this.low = low - air;
    this.high = this.kind === "loss" ? 0 : high + air;
    const first = this.points[0][0], span = this.points.at(-1)[0] - first || 1;
    this.x = (at) => LEFT + ((wide - LEFT - RIGHT) * (at - first)) / span;
    this.y = (value) => TOP + ((this.tall - TOP - BOTTOM) * (this.high - value)) / (this.high - this.low || 1);
    this.time = (x) => first + ((x - LEFT) / (wide - LEFT - RIGHT)) * span;
  }

  axes(wide) {
    for (const value of steps(this.low, this.high, this.tall < 170 ? 3 : 5)) {
      const y = this.y(value);
      this.svg.append(draw("line", { class: "grid", x1: LEFT, x2: wide - RIGHT, y1: y, y2: y }), draw("text", { x: LEFT - 7, y: y + 4, "text-anchor": "end" }, this.format(value)));
    }
    if (this.base !== null) this.svg.append(draw("line", { class: "base", x1: LEFT, x2: wide - RIGHT, y1: this.y(this.base), y2: this.y(this.base) }));
    const many = Math.max(2, Math.floor((wide - LEFT) / 110)), from = this.points[0][0], to = this.points.at(-1)[0];
    if (this.numbers) {
      for (const value of steps(from, to, many)) if (Number.isInteger(value)) this.svg.append(draw("text", { x: this.x(value), y: this.tall - 6, "text-anchor": "middle" }, `no. ${value}`));
      return;
    }
    const years = to - from > 3 * 365 * 86400e3;
    const format = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", year: years ? "numeric" : "2-digit", month: "short", ...(to - from < 200 * 86400e3 ? { day: "numeric" } : {}) });
    for (let index = 0; index < many; index += 1) {
      const at = from + ((to - from) * (index + 0.5)) / many;
      this.svg.append(draw("text", { x: this.x(at), y: this.tall - 6, "text-anchor": "middle" }, format.format(at)));
    }
  }

  day(index) { return this.numbers ? `number ${this.points[index][0]}` : new Date(this.points[index][0]).toISOString().slice(0, 10); }

  nearest(x) {
    const wanted = this.time(x);
    let best = 0;
    this.points.forEach(([at], index) => { if (Math.abs(at - wanted) < Math.abs(this.points[best][0] - wanted)) best = index; });
    return best;
  }

  at(index) {
    this.index = index;
    if (!this.points.length || !this.mark) return;
    const told = index ?? this.points.length - 1, [at, value] = this.points[told];
    this.readout.textContent = `${this.day(told)}: ${this.format(value, true)}`;
    this.mark.setAttribute("visibility", index === null ? "hidden" : "visible");
    const [line, dot] = this.mark.children;
    line.setAttribute("x1", this.x(at)); line.setAttribute("x2", this.x(at));
    dot.setAttribute("cx", this.x(at)); dot.setAttribute("cy", this.y(value));
  }

  key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") this.at(null);
    if (!step || !this.points.length) return;
    event.preventDefault();
    const last = this.points.length - 1;
    this.at(Math.max(0, Math.min(last, (this.index ?? last) + step * (event.shiftKey ? 10 : 1))));
  }
}
