// Candles of each instrument and timeframe, kept current by the stream, in the prices of the newest: what was
// traded before a split is divided by it, as the indicators are.

const FIRST = 300, MORE = 500, MOST = 1200, NEWEST = 40;

const toCandle = (one) => ({
  at: Date.parse(one.closed_at), open: Number(one.open), high: Number(one.high), low: Number(one.low), close: Number(one.close), volume: Number(one.volume ?? 0),
});

// By what a price of one instant divides to compare with one of another.
export function divisor(splits, since, until) {
  const between = (one) => since < one.at && one.at <= until;
  return splits.filter(between).reduce((product, one) => product * one.ratio, 1);
}

export function seenFrom(candles, splits, instant) {
  return candles.map((one) => {
    const by = one.at <= instant ? divisor(splits, one.at, instant) : 1 / divisor(splits, instant, one.at);
    return by === 1 ? one : { ...one, open: one.open / by, high: one.high / by, low: one.low / by, close: one.close / by, volume: one.volume * by };
  });
}

export class Market {
  constructor(session) {
    this.session = session;
    this.series = new Map(); // raw candles by "symbol timeframe"
    this.splits = new Map();
  }

  async open() {
    this.instruments = (await this.session.get("/instruments")).items;
    return this.instruments;
  }

  instrument(symbol) { return this.instruments.find((one) => one.symbol === symbol); }
  timeframes(symbol) { return this.instrument(symbol).timeframes; }
  decimals(symbol) { return (this.instrument(symbol).tick.split(".")[1] ?? "").length; }
  raw(symbol, timeframe) { return this.series.get(`${symbol} ${timeframe}`) ?? []; }
  newest(symbol) { return this.raw(symbol, this.timeframes(symbol)[0]).at(-1); }

  // What a chart shows: all that is loaded, in the prices of the newest.
  candles(symbol, timeframe) {
    const raw = this.raw(symbol, timeframe);
    return raw.length ? seenFrom(raw, this.splits.get(symbol) ?? [], raw.at(-1).at) : raw;
  }

  async load(symbol, timeframe) {
    await this.moved(symbol);
    if (!this.raw(symbol, timeframe).length || timeframe !== this.timeframes(symbol)[0]) await this.merge(symbol, timeframe, { limit: FIRST });
    return this.candles(symbol, timeframe);
  }

  // Reads candles before the oldest that is loaded; says whether there were any.
  async older(symbol, timeframe) {
    const raw = this.raw(symbol, timeframe);
    if (!raw.length || raw.length >= MOST - MORE) return false;
    const until = new Date(raw[0].at - 1).toISOString();
    return this.merge(symbol, timeframe, { limit: MORE, until });
  }

  // Candles around an instant that the newest ones no longer reach, in the prices of that time.
  async around(symbol, timeframe, { seen, until, limit }) {
    await this.moved(symbol);
    const found = await this.read(symbol, timeframe, { limit, until: new Date(until).toISOString() });
    return seenFrom(found, this.splits.get(symbol), seen);
  }

  // A closed candle from the stream. Says what of the shown series it changed: "one" candle, "all" (a split
  // came between) or nothing.
  heard(data, shown) {
    const candle = toCandle(data), timeframe = data.timeframe ?? this.timeframes(data.symbol)[0];
    const key = `${data.symbol} ${timeframe}`, known = this.series.get(key);
    if (!known) return "";
    this.series.set(key, [...known.filter((one) => one.at < candle.at), candle].slice(-MOST));
    if (data.symbol !== shown.symbol || timeframe !== shown.timeframe) return "";
    const before = known.at(-1);
    return before && divisor(this.splits.get(data.symbol) ?? [], before.at, candle.at) !== 1 ? "all" : "one";
  }

  // The stream promises the newest price only, and of the base timeframe: what it left out is read again. Says
  // whether anything was missing.
  async heal({ symbol, timeframe }) {
    return !document.hidden && this.merge(symbol, timeframe, { limit: NEWEST });
  }

  async merge(symbol, timeframe, query) {
    const found = await this.read(symbol, timeframe, query);
    const known = new Map(this.raw(symbol, timeframe).map((one) => [one.at, one]));
    const before = known.size;
    found.forEach((one) => known.set(one.at, one));
    this.series.set(`${symbol} ${timeframe}`, [...known.values()].sort((a, b) => a.at - b.at).slice(-MOST));
    return known.size > before;
  }

  async read(symbol, timeframe, query) {
    const asked = new URLSearchParams({ timeframe, ...query });
    try {
      return (await this.session.get(`/instruments/${encodeURIComponent(symbol)}/candles?${asked}`)).items.map(toCandle);
    } catch (error) {
      if (error.status === 404 || error.status === 422) return [];
      throw error;
    }
  }

  async moved(symbol) {
    if (this.splits.has(symbol)) return;
    const { adjustments } = await this.session.get(`/instruments/${encodeURIComponent(symbol)}`);
    const splits = adjustments.filter((one) => one.kind === "split");
    this.splits.set(symbol, splits.map((one) => ({ at: Date.parse(one.effective), ratio: Number(one.ratio) })));
  }
}
