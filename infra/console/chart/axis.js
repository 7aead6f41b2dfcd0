// Scales, grid lines, times below and price tags at the right.

export const RIGHT = 72, BOTTOM = 24;
const NEAR = 17, TAG = 18;

export class Scale {
  constructor(top, bottom, low, high) {
    Object.assign(this, { top, bottom, low, high });
  }

  // Encloses the values with a little air; a flat line gets room as well.
  static around(top, bottom, values, air = 0.06) {
    const known = values.filter(Number.isFinite);
    const low = known.length ? Math.min(...known) : 0, high = known.length ? Math.max(...known) : 1;
    const pad = (high - low || Math.abs(high) * 0.02 || 1) * air;
    return new Scale(top, bottom, low - pad, high + pad);
  }

  y(value) { return this.top + ((this.high - value) / (this.high - this.low)) * (this.bottom - this.top); }
  value(y) { return this.high - ((y - this.top) / (this.bottom - this.top)) * (this.high - this.low); }
  holds(y) { return y >= this.top && y <= this.bottom; }
}

// Round values between low and high, about as many as asked.
export function steps(low, high, many) {
  const rough = (high - low) / many;
  if (!(rough > 0)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough * 0.999);
  const found = [];
  for (let at = Math.ceil(low / step); at * step <= high; at += 1) found.push(at * step);
  return found;
}

export function grid({ pen, palette, room }, scale, { text, many, avoid = [] }) {
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  pen.lineWidth = 1;
  for (const value of steps(scale.low, scale.high, many)) {
    const y = Math.round(scale.y(value)) + 0.5;
    pen.strokeStyle = palette.line;
    pen.beginPath(); pen.moveTo(0, y); pen.lineTo(room, y); pen.stroke();
    pen.fillStyle = palette.dim;
    const inside = y > scale.top + 5 && y < scale.bottom - 4;
    if (inside && avoid.every((one) => Math.abs(y - one) > NEAR)) pen.fillText(text(value), room + 8, y);
  }
}

const SHAPES = {
  day: { day: "numeric", month: "short", year: "2-digit" },
  hour: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
};

export function times({ pen, palette, view, room, height, step, x }) {
  const { seen, first } = view;
  if (seen.length < 2) return;
  const daily = seen.at(-1).at - seen.at(-2).at >= 20 * 3600e3;
  const format = new Intl.DateTimeFormat("en-GB", { ...(daily ? SHAPES.day : SHAPES.hour), timeZone: "UTC" });
  const every = Math.max(1, Math.ceil((daily ? 92 : 112) / step));
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = palette.dim;
  const half = daily ? 34 : 46;
  for (let index = every - 1 - (first % every); index < seen.length; index += every) {
    if (x(index) > half && x(index) < room - half + 10) pen.fillText(format.format(seen[index].at), x(index), height - BOTTOM / 2 + 2);
  }
}

// Tags at the right edge, moved apart where they would cover each other: {y, text, ground, ink, name}.
export function tags(art, all) {
  const sorted = [...all].sort((a, b) => a.y - b.y).map((one) => ({ ...one, at: one.y }));
  for (let index = 1; index < sorted.length; index += 1) {
    sorted[index].at = Math.max(sorted[index].at, sorted[index - 1].at + TAG);
  }
  for (const one of sorted) tag(art, one);
  return sorted;
}

export function tag({ pen, room }, { at, y, text, ground, ink }) {
  const middle = at ?? y;
  pen.fillStyle = ground;
  pen.beginPath();
  pen.roundRect(room + 2, middle - 8.5, RIGHT - 4, 17, 3);
  pen.fill();
  pen.fillStyle = ink;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.fillText(text, room + 8, middle + 0.5);
}
