// A number as the axis of a pane says it: short, never wider than a price tag.

export function brief(value) {
  const size = Math.abs(value);
  if (size >= 1e9) return `${Number((value / 1e9).toPrecision(3))}B`;
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`;
  return size >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
