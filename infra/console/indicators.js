// Indicators: which are chosen, their values from the API, and how each is drawn.

const KEPT = "treum-indicators", MOST = 6, NEWEST = 60, MANY = 1000;
const PER_MINUTE = 44; // the API allows 60 readings of indicators a minute: some are left for another instrument
const TOO_MANY = 429, REST_MS = 5000;
const SAME_SCALE = new Set(["MIDPRICE", "MIDPOINT", "AVGPRICE", "MEDPRICE", "TYPPRICE", "WCLPRICE", "LINEARREG", "LINEARREG_INTERCEPT", "TSF"]);
const GUIDES = {
  RSI: [30, 70], STOCH: [20, 80], STOCHF: [20, 80], STOCHRSI: [20, 80], MFI: [20, 80], WILLR: [-80, -20], CCI: [-100, 100],
  ADX: [25], ADXR: [25], DX: [25], ULTOSC: [30, 70], CMO: [-50, 50], MACD: [0], MACDEXT: [0], MACDFIX: [0], ROC: [0], MOM: [0],
};
const RANGES = { RSI: [0, 100], STOCH: [0, 100], STOCHF: [0, 100], STOCHRSI: [0, 100], MFI: [0, 100], WILLR: [-100, 0], ULTOSC: [0, 100] };
const FIRST = [
  { name: "EMA", parameters: { timeperiod: 12 } }, { name: "EMA", parameters: { timeperiod: 26 } },
  { name: "VOLUME", parameters: {} }, { name: "RSI", parameters: { timeperiod: 14 } },
];

// Of the candles themselves: no reading of the API is needed for it.
export const VOLUME = { name: "VOLUME", title: "Volume", group: "Volume Indicators", parameters: [], outputs: ["volume"], memory: "windowed" };

export class Indicators {
  constructor(session, onchange) {
    this.session = session;
    this.onchange = onchange;
    this.catalogue = [VOLUME];
    this.chosen = kept();
    this.subject = null;
    this.readAt = 0;
  }

  async open() {
    this.catalogue = [VOLUME, ...(await this.session.get("/indicators")).items];
    const known = new Set(this.catalogue.map((one) => one.name));
    this.chosen = this.chosen.filter((one) => known.has(one.name));
  }

  definition(name) { return this.catalogue.find((one) => one.name === name); }
  get full() { return this.chosen.length >= MOST; }

  add(name) {
    const defaults = this.definition(name).parameters.map((one) => [one.name, one.default]);
    this.chosen.push({ name, parameters: Object.fromEntries(defaults) });
    return this.changed();
  }

  remove(one) {
    this.chosen = this.chosen.filter((each) => each !== one);
    return this.changed();
  }

  tune(one, parameter, value) {
    one.parameters[parameter] = value;
    one.values = null;
    return this.changed();
  }

  changed() {
    localStorage.setItem(KEPT, JSON.stringify(this.chosen.map(({ name, parameters }) => ({ name, parameters }))));
    this.onchange();
    return this.subject ? this.read(this.subject, { all: false }) : null;
  }

  // Reads the values that are missing, all of them for a new subject {symbol, timeframe, until, many}.
  async read(subject, { all }) {
    this.subject = subject;
    this.readAt = Date.now();
    if (all) this.chosen.forEach((one) => { one.values = null; });
    if (!subject.many) return;
    const wanted = this.chosen.filter((one) => one.name !== "VOLUME" && !one.values);
    await Promise.all(wanted.map((one) => this.fill(one, subject, Math.min(MANY, subject.many))));
  }

  // The newest values again, as often as the API's limits allow for so many indicators.
  async refresh() {
    const wanted = this.chosen.filter((one) => one.name !== "VOLUME");
    const pause = (60_000 / PER_MINUTE) * wanted.length * (this.session.me.plan === "enterprise" ? 1 : 3);
    if (!wanted.length || !this.subject || this.subject.until || document.hidden) return;
    const early = pause - (Date.now() - this.readAt);
    if (early > 0) { this.later ??= setTimeout(() => { this.later = null; this.refresh(); }, early); return; } // the last candle counts too
    this.readAt = Date.now();
    const { subject } = this;
    const whole = (one) => !one.values || this.definition(one.name).memory === "cumulative";
    const many = (one) => (whole(one) ? Math.min(MANY, Math.max(NEWEST, subject.many)) : NEWEST);
    await Promise.all(wanted.map((one) => this.fill(one, subject, many(one))));
  }

  async fill(one, subject, limit) {
    const asked = new URLSearchParams({ name: one.name, timeframe: subject.timeframe, limit, ...this.given(one) }), asking = JSON.stringify(one.parameters);
    if (subject.until) asked.set("until", new Date(subject.until).toISOString());
    try {
      const found = await this.session.get(`/instruments/${encodeURIComponent(subject.symbol)}/indicators?${asked}`);
      if (this.subject !== subject || asking !== JSON.stringify(one.parameters)) return; // something else was chosen since
      const at = found.closed_at.map(Date.parse);
      one.error = "";
      one.values ??= {};
      for (const [name, values] of Object.entries(found.values)) {
        one.values[name] ??= new Map();
        values.forEach((value, index) => { if (value !== null) one.values[name].set(at[index], value); });
      }
    } catch (error) {
      if (error.status === TOO_MANY) { this.readAt = Date.now() + REST_MS; return; } // what is there stays until then
      one.error = error.message;
      one.values ??= {};
    }
    this.onchange();
  }

  // A choice goes over the wire by its name.
  given(one) {
    const named = (parameter) => Object.entries(parameter.choices).find(([, value]) => value === one.parameters[parameter.name])?.[0];
    return Object.fromEntries(this.definition(one.name).parameters.map((parameter) => [parameter.name, named(parameter) ?? one.parameters[parameter.name] ?? parameter.default]));
  }

  // What the chart draws; colours go round in the order of choice.
  plots(candles) {
    let colour = 0;
    return this.chosen.filter((one) => this.definition(one.name)).map((one) => {
      const definition = this.definition(one.name), place = overlay(definition) ? "price" : "pane";
      const outputs = definition.outputs.map((name) => ({
        name, kind: kind(definition, name), byCandle: one.name === "VOLUME",
        colour: kind(definition, name) === "bars" ? 0 : colour++ % 6,
        values: one.name === "VOLUME" ? new Map(candles.map((each) => [each.at, each.volume])) : one.values?.[name] ?? new Map(),
      }));
      return { title: this.title(one), place, outputs, guides: GUIDES[one.name], range: RANGES[one.name] };
    });
  }

  title(one) {
    const values = Object.values(one.parameters).filter((value) => value !== null);
    return `${one.name === "VOLUME" ? "Volume" : one.name}${values.length ? ` ${values.slice(0, 3).join(" ")}` : ""}`;
  }
}

export const overlay = ({ name, group }) => group === "Overlap Studies" || SAME_SCALE.has(name);

function kind({ name, group }, output) {
  if (output === "macdhist" || output === "volume" || group === "Pattern Recognition") return "bars";
  return name.startsWith("SAR") ? "dots" : "line";
}

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT));
    if (Array.isArray(found)) return found.filter((one) => one?.name && one.parameters);
  } catch { /* spoiled: the first choice again */ }
  return structuredClone(FIRST);
}
