// What is drawn along the candles: the candles themselves, lines, bands, bars and dots.

export function candles({ pen, palette, view, price, x, step }) {
  const wide = Math.max(1, Math.floor(step * 0.7)), thin = Math.max(1, Math.round(Math.min(1.4, step / 8)));
  view.seen.forEach((one, index) => {
    const middle = Math.round(x(index));
    const top = Math.round(price.y(Math.max(one.open, one.close)));
    const foot = Math.round(price.y(Math.min(one.open, one.close)));
    const high = Math.round(price.y(one.high));
    pen.fillStyle = one.close >= one.open ? palette.up : palette.down;
    pen.fillRect(middle - Math.floor(thin / 2), high, thin, Math.max(1, Math.round(price.y(one.low)) - high));
    pen.fillRect(middle - Math.floor(wide / 2), top, wide, Math.max(1, foot - top));
  });
}

// The values of an output at the candles seen, null where there is none.
export const seenValues = (view, output) => view.seen.map((one) => output.values.get(one.at) ?? null);

export function line({ pen, palette, view, x }, scale, output) {
  pen.strokeStyle = palette.lines[output.colour];
  pen.lineWidth = 1.5;
  pen.lineJoin = "round";
  pen.beginPath();
  let down = false;
  seenValues(view, output).forEach((value, index) => {
    if (value === null) { down = false; return; }
    if (down) pen.lineTo(x(index), scale.y(value)); else pen.moveTo(x(index), scale.y(value));
    down = true;
  });
  pen.stroke();
  pen.lineWidth = 1;
}

export function dots({ pen, palette, view, x }, scale, output) {
  pen.fillStyle = palette.lines[output.colour];
  seenValues(view, output).forEach((value, index) => {
    if (value !== null) pen.fillRect(x(index) - 1, scale.y(value) - 1, 2.5, 2.5);
  });
}

export function bars({ pen, palette, view, x, step }, scale, output) {
  const wide = Math.max(1, Math.floor(step * 0.7)), zero = scale.y(Math.max(scale.low, Math.min(scale.high, 0)));
  seenValues(view, output).forEach((value, index) => {
    if (!value) return;
    const rising = output.byCandle ? view.seen[index].close >= view.seen[index].open : value > 0;
    pen.fillStyle = rising ? palette.upFaint : palette.downFaint;
    const y = scale.y(value);
    pen.fillRect(Math.round(x(index)) - Math.floor(wide / 2), Math.min(y, zero), wide, Math.max(1, Math.abs(zero - y)));
  });
}

// The ground between the first and the last of a band's lines.
export function band({ pen, palette, view, x }, scale, upper, lower) {
  const high = seenValues(view, upper), low = seenValues(view, lower);
  const known = high.map((value, index) => index).filter((index) => high[index] !== null && low[index] !== null);
  if (known.length < 2) return;
  pen.fillStyle = palette.bandGround;
  pen.beginPath();
  known.forEach((index, at) => (at ? pen.lineTo(x(index), scale.y(high[index])) : pen.moveTo(x(index), scale.y(high[index]))));
  known.reverse().forEach((index) => pen.lineTo(x(index), scale.y(low[index])));
  pen.closePath();
  pen.fill();
}

export function guides({ pen, palette, room }, scale, values, text) {
  pen.strokeStyle = palette.dim;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  for (const value of values) {
    const y = Math.round(scale.y(value)) + 0.5;
    if (!scale.holds(y)) continue;
    pen.setLineDash([1, 4]);
    pen.beginPath(); pen.moveTo(0, y); pen.lineTo(room, y); pen.stroke();
    pen.setLineDash([]);
    pen.fillStyle = palette.dim;
    pen.fillText(text(value), room + 8, y);
  }
}

export function plot(art, scale, indicator) {
  const named = (name) => indicator.outputs.find((one) => one.name === name);
  if (named("upperband") && named("lowerband")) band(art, scale, named("upperband"), named("lowerband"));
  const draw = { line, dots, bars };
  for (const output of indicator.outputs) draw[output.kind](art, scale, output);
}
