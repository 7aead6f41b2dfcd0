// Signals on the chart: when each lived, what it promised, how it ended.

// The times in which any signal lived, as faint spans; the chosen one in full.
export function lives(art, signals, chosen) {
  const spans = signals.filter((one) => one.id !== chosen?.id && visible(art, one)).map((one) => edges(art, one.at, until(one)));
  spans.sort(([a], [b]) => a - b);
  const joined = [];
  for (const [left, right] of spans) {
    if (joined.length && left <= joined.at(-1)[1]) joined.at(-1)[1] = Math.max(right, joined.at(-1)[1]);
    else joined.push([left, right]);
  }
  const { pen, palette, price } = art;
  pen.fillStyle = palette.life;
  for (const [left, right] of joined) pen.fillRect(left, price.top, right - left, price.bottom - price.top);
  if (chosen) zones(art, chosen);
}

export function marks(art, signals, chosen) {
  for (const signal of signals) {
    arrow(art, signal);
    outcome(art, signal, signal.id === chosen?.id);
  }
  return chosen && visible(art, chosen) ? levels(art, chosen) : [];
}

const until = (signal) => signal.closed ?? Infinity;

export function visible({ view }, signal) {
  const { seen } = view;
  return seen.length > 0 && signal.at <= seen.at(-1).at && until(signal) >= seen[0].at && view.holds(signal.at);
}

function edges({ view, x, room, step }, from, to) {
  const { first, seen } = view;
  const left = x(view.place(from) - first), right = to === Infinity || to > seen.at(-1).at ? room : x(view.place(to) - first) + step / 2;
  return [Math.max(0, left), Math.min(room, Math.max(right, left + 2))];
}

// From publication on the terms of the signal count, from each revision on its own.
function stretches(signal) {
  const starts = [{ since: signal.at, stop: signal.stop, targets: signal.targets }, ...signal.revisions];
  return starts.map((one, index) => ({ ...one, to: starts[index + 1]?.since ?? until(signal) }));
}

function zones(art, signal) {
  if (!visible(art, signal)) return;
  const { pen, palette, price } = art;
  for (const one of stretches(signal)) {
    const [left, right] = edges(art, one.since, one.to);
    const zone = (a, b, ground) => {
      pen.fillStyle = ground;
      pen.fillRect(left, Math.min(price.y(a), price.y(b)), right - left, Math.abs(price.y(a) - price.y(b)));
    };
    zone(signal.entry, one.targets.at(-1), palette.upSoft);
    zone(signal.entry, one.stop, palette.downSoft);
  }
}

// Draws the lines of the chosen signal and returns the tags for the price axis.
function levels(art, signal) {
  const { palette, price } = art;
  const all = stretches(signal), last = all.at(-1), text = art.text;
  dashed(art, signal.at, until(signal), signal.entry, palette.accent);
  for (const one of all) {
    dashed(art, one.since, one.to, one.stop, palette.down);
    one.targets.forEach((target) => dashed(art, one.since, one.to, target, palette.up));
  }
  const [, right] = edges(art, signal.at, until(signal));
  const tag = (value, ground, name) => ({ y: price.y(value), text: text(value), ground, ink: palette.card, name, beside: right });
  return [
    tag(signal.entry, palette.accent, "entry"),
    tag(last.stop, palette.down, "stop"),
    ...last.targets.map((value, index) => tag(value, palette.up, last.targets.length > 1 ? `target ${index + 1}` : "target")),
  ];
}

function dashed(art, from, to, value, colour) {
  const { pen, price } = art;
  const [left, right] = edges(art, from, to), y = Math.round(price.y(value)) + 0.5;
  pen.strokeStyle = colour;
  pen.setLineDash([5, 4]);
  pen.beginPath(); pen.moveTo(left, y); pen.lineTo(right, y); pen.stroke();
  pen.setLineDash([]);
}

// The names of the levels: beside the signal's end, or inside the chart's right edge while it lives.
export function names({ pen, palette, room }, tags) {
  pen.textBaseline = "middle";
  for (const { at, y, name, ground, beside } of tags) {
    if (!name) continue;
    const wide = pen.measureText(name).width + 8, ended = beside + wide < room - 8;
    const left = ended ? beside + 3 : room - wide - 2, middle = ended ? y : at;
    pen.fillStyle = palette.card;
    pen.globalAlpha = 0.8;
    pen.fillRect(left, middle - 7.5, wide, 15);
    pen.globalAlpha = 1;
    pen.fillStyle = ground;
    pen.textAlign = "left";
    pen.fillText(name, left + 4, middle + 0.5);
  }
}

function arrow(art, signal) {
  const { pen, palette, view, price, x } = art;
  const { first, end, all } = view;
  if (!view.holds(signal.at)) return;
  const index = view.place(signal.at);
  if (index < first || index >= end) return;
  const buy = signal.side === "buy", middle = x(index - first);
  const y = buy ? price.y(all[index].low) + 6 : price.y(all[index].high) - 6, tip = buy ? 9 : -9;
  pen.fillStyle = buy ? palette.up : palette.down;
  pen.strokeStyle = palette.card;
  pen.beginPath(); pen.moveTo(middle, y); pen.lineTo(middle - 5.5, y + tip); pen.lineTo(middle + 5.5, y + tip); pen.closePath();
  pen.fill(); pen.stroke();
}

function outcome(art, signal, chosen) {
  const { pen, palette, view, price, x } = art;
  if (signal.exit === null || signal.closed === null || !view.holds(signal.closed) || !view.holds(signal.at)) return;
  const { first, end } = view, from = view.place(signal.at), to = view.place(signal.closed);
  if (to < first || from >= end) return;
  const gained = (signal.exit - signal.entry) * (signal.side === "buy" ? 1 : -1) > 0;
  const colour = gained ? palette.up : palette.down;
  pen.strokeStyle = colour;
  pen.globalAlpha = chosen ? 1 : 0.55;
  pen.lineWidth = chosen ? 2 : 1.25;
  pen.beginPath();
  pen.moveTo(x(from - first), price.y(signal.entry));
  pen.lineTo(x(to - first), price.y(signal.exit));
  pen.stroke();
  pen.globalAlpha = 1;
  pen.lineWidth = 2;
  pen.fillStyle = palette.card;
  pen.beginPath(); pen.arc(x(to - first), price.y(signal.exit), 4, 0, 2 * Math.PI); pen.fill(); pen.stroke();
  pen.lineWidth = 1;
}
