// The crosshair, and the words for the candle under it: in the legend, in each pane, and aloud.

import { RIGHT, tag } from "/chart/axis.js";
import { brief } from "/chart/format.js";
import { make } from "/dom.js";

const when = (at) => new Date(at).toISOString().slice(0, 16).replace("T", " ");
const parts = (chart, one) => [["O", one.open], ["H", one.high], ["L", one.low], ["C", one.close]].map(([name, value]) => [name, chart.text(value)]);

export function legend(place, chart, index) {
  const one = chart.view.seen[index];
  const rows = [make("span", { class: "ohlc" }, make("b", {}, chart.subject.symbol), ` ${when(one.at)} `,
    ...parts(chart, one).map(([name, value]) => make("span", {}, `${name} `, make("i", { class: one.close >= one.open ? "up" : "down" }, value))))];
  for (const indicator of chart.indicators.filter((each) => each.place === "price")) {
    const values = indicator.outputs.map((output) => make("i", { class: `series-${output.colour + 1}` }, told(known(chart, output, one.at), (value) => chart.text(value))));
    rows.push(make("span", {}, `${indicator.title} `, ...values.flatMap((value) => [value, " "])));
  }
  place.replaceChildren(...rows);
}

// The value at a candle; beside live candles, without a crosshair, the newest that is known.
function known({ pointer, view }, output, at) {
  return output.values.get(at) ?? (pointer || !view.following ? null : [...output.values.values()].at(-1));
}

const told = (value, text) => (value === null || value === undefined ? "–" : text(value));

export function paneLegend({ pen, palette, view, index, pointer }, indicator, top) {
  const one = view.seen[index];
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  let x = 4;
  const write = (text, colour) => {
    pen.fillStyle = colour;
    pen.fillText(text, x, top + 10);
    x += pen.measureText(text).width + 7;
  };
  write(indicator.title, palette.dim);
  for (const output of indicator.outputs) {
    write(told(known({ pointer, view }, output, one.at), brief), output.kind === "bars" ? palette.text : palette.lines[output.colour]);
  }
}

export function cross(art, pointer) {
  if (!pointer) return;
  const { pen, palette, room, bottom, price, panes, x, index, view } = art;
  const middle = Math.round(x(index)) + 0.5;
  pen.strokeStyle = palette.dim;
  pen.setLineDash([3, 3]);
  pen.beginPath(); pen.moveTo(middle, price.top); pen.lineTo(middle, bottom); pen.stroke();
  const y = Math.round(pointer.y ?? price.y(view.seen[index].close)) + 0.5;
  const over = [{ scale: price, text: art.text }, ...panes.map(({ scale }) => ({ scale, text: brief }))].find(({ scale }) => scale.holds(y));
  if (over) {
    pen.beginPath(); pen.moveTo(0, y); pen.lineTo(room, y); pen.stroke();
  }
  pen.setLineDash([]);
  if (over) tag(art, { y, text: over.text(over.scale.value(y)), ground: palette.text, ink: palette.card });
  day(art, middle, view.seen[index].at);
}

function day({ pen, palette, room, height }, middle, at) {
  const text = when(at).replace(/ (00|21):00$/, ""), wide = pen.measureText(text).width + 12;
  const left = Math.max(0, Math.min(room + RIGHT - wide, middle - wide / 2));
  pen.fillStyle = palette.text;
  pen.beginPath(); pen.roundRect(left, height - 21, wide, 18, 3); pen.fill();
  pen.fillStyle = palette.card;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.fillText(text, left + 6, height - 11.5);
}

// The same in a sentence, for a screen reader.
export function spoken(chart, index) {
  const one = chart.view.seen[index];
  if (!one) return "No candle";
  const [open, high, low, close] = parts(chart, one).map(([, value]) => value);
  const values = chart.indicators.map((indicator) =>
    `${indicator.title} ${indicator.outputs.map((output) => told(output.values.get(one.at), brief)).join(", ")}`);
  const live = chart.signals.filter((signal) => signal.at <= one.at && (signal.closed ?? Infinity) >= one.at);
  const running = live.map((signal) => `${signal.side} signal from ${chart.text(signal.entry)}`);
  return [`${when(one.at)}: open ${open}, high ${high}, low ${low}, close ${close}`, ...values, ...running].join("; ");
}
