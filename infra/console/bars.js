// Counts side by side as SVG: a bar each, its number above and the beginning of its range below.

const SPACE = "http://www.w3.org/2000/svg", TALL = 140, TOP = 18, BOTTOM = 20;

function draw(name, traits, text) {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(traits)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

export class Bars {
  constructor(place, label) {
    Object.assign(this, { place, label, bars: [] });
    this.svg = draw("svg", { class: "curve bars", role: "img", height: TALL });
    place.replaceChildren(this.svg);
    new ResizeObserver(() => this.paint()).observe(place);
  }

  // bars are {name, many, good}, from left to right.
  show(bars) {
    this.bars = bars;
    this.paint();
  }

  paint() {
    const wide = Math.max(200, this.place.clientWidth), { bars, svg } = this, floor = TALL - BOTTOM;
    svg.setAttribute("viewBox", `0 0 ${wide} ${TALL}`);
    svg.setAttribute("aria-label", `${this.label}: ${bars.filter((one) => one.many).map((one) => `${one.many} from ${one.name}`).join(", ") || "none"}`);
    svg.replaceChildren();
    const most = Math.max(1, ...bars.map((one) => one.many)), step = wide / Math.max(1, bars.length), gap = Math.min(6, step * 0.15);
    bars.forEach(({ name, many, good }, index) => {
      const x = index * step, tall = ((floor - TOP) * many) / most;
      if (many) {
        svg.append(draw("rect", { class: good ? "gained" : "lost", x: x + gap / 2, y: floor - tall, width: step - gap, height: tall, rx: 2 }));
        svg.append(draw("text", { class: "many", x: x + step / 2, y: floor - tall - 5, "text-anchor": "middle" }, String(many)));
      }
      if (step > 30 || index % 2 === 0) svg.append(draw("text", { x: Math.max(12, x), y: TALL - 5, "text-anchor": "middle" }, name));
    });
    svg.append(draw("line", { class: "grid", x1: 0, x2: wide, y1: floor, y2: floor }));
  }
}
