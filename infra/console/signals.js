// The list of signals, newest first: each can be shown on the chart and have its proof opened.

import { $, make } from "/dom.js";

export const STATES = {
  live: "live", target_hit: "target hit", stopped: "stopped", expired: "expired", cancelled: "cancelled",
  approved: "approved", awaiting_approval: "awaiting approval", draft: "draft", screened_out: "screened out",
};
const MOST = 1000;

export class Signals {
  constructor({ onlook, onproof }) {
    this.all = new Map();
    this.chosen = null;
    this.fits = () => true; // what the list shows; the chart shows all
    this.onlook = onlook;
    this.onproof = onproof;
  }

  put(signal, fresh = false) {
    const known = this.all.get(signal.id);
    if (known && known.version > signal.version) return;
    this.all.set(signal.id, signal);
    this.draw(fresh && !known ? signal.id : null);
  }

  putAll(signals) {
    for (const one of signals) if (!(this.all.get(one.id)?.version > one.version)) this.all.set(one.id, one);
    this.draw();
  }

  sorted() {
    return [...this.all.values()].sort((a, b) => (b.published_at ?? "").localeCompare(a.published_at ?? "")).slice(0, MOST);
  }

  of(symbol) {
    return this.sorted().filter((one) => one.terms.symbol === symbol).map(level);
  }

  choose(id) {
    this.chosen = id;
    this.draw();
  }

  draw(fresh = null) {
    const sorted = this.sorted().filter((one) => this.fits(one));
    const live = sorted.filter((one) => one.status === "live").length;
    const focus = focused();
    $("signals-empty").hidden = sorted.length > 0;
    $("signals-empty").textContent = this.all.size ? "None of that kind yet." : "No signal yet. They appear here the moment they are published.";
    $("signals-count").textContent = sorted.length ? `${sorted.length} shown, ${live} live` : "";
    $("signals").replaceChildren(...sorted.map((one) => this.item(one, one.id === fresh)));
    focus?.();
  }

  item(signal, fresh) {
    const { terms } = signal;
    const marks = [terms.side, fresh ? "fresh" : "", signal.id === this.chosen ? "chosen" : ""].join(" ");
    const level = (name, value) => [make("dt", {}, name), make("dd", {}, value)];
    return make("li", { class: marks, "data-signal": signal.id },
      make("div", { class: "top" },
        make("b", {}, terms.symbol),
        make("span", { class: `side ${terms.side === "buy" ? "up" : "down"}` }, terms.side.toUpperCase()),
        make("span", { class: "state" }, STATES[signal.status] ?? signal.status, result(signal))),
      make("dl", { class: "levels" }, ...level("entry", terms.entry), ...level("stop", terms.stop),
        ...level("target", terms.targets[0]), ...level("confidence", `${terms.confidence} of 100`)),
      make("p", { class: "why", title: terms.rationale }, terms.rationale),
      make("div", { class: "acts" },
        make("button", { type: "button", "aria-label": `Show ${terms.symbol} on the chart`, onclick: () => this.onlook(signal) }, "Show on chart"),
        make("button", { type: "button", class: "prove", "aria-label": `Open the proof of ${terms.side} ${terms.symbol}`, onclick: () => this.onproof(signal) }, "Proof")));
  }
}

// Who stands on a button of the list keeps it while the list changes.
function focused() {
  const button = document.activeElement?.closest?.("#signals button"), item = button?.closest("li");
  if (!item) return null;
  const at = [...item.querySelectorAll("button")].indexOf(button);
  return () => document.querySelector(`[data-signal="${item.dataset.signal}"]`)?.querySelectorAll("button")[at]?.focus({ preventScroll: true });
}

// What it came to, in multiples of the risk taken.
function result({ result_r: r }) {
  if (r === null || r === undefined) return null;
  return make("b", { class: Number(r) > 0 ? "up" : "down" }, `${Number(r) > 0 ? "+" : "−"}${Math.abs(r).toFixed(2)} R`);
}

// What the chart needs of a signal: numbers, the candle that decided it, its revisions and its end.
export function level(signal) {
  const { terms } = signal, number = (value) => (value === null || value === undefined ? null : Number(value));
  const published = (signal.revisions ?? []).filter((one) => one.since !== null && one.published_at !== null);
  return {
    id: signal.id, side: terms.side, at: Date.parse(terms.candle_at), expires: Date.parse(terms.expires_at),
    entry: Number(terms.entry), stop: Number(terms.stop), targets: terms.targets.map(Number),
    revisions: published.map((one) => ({ since: Date.parse(one.since), stop: Number(one.stop), targets: one.targets.map(Number) })),
    closed: signal.closed_at ? Date.parse(signal.closed_at) : null, exit: number(signal.exit_price),
  };
}

// A published event's data has the terms flat; the list answers them nested.
export function fromEvent(event, newest) {
  const { signal_id: id, ...terms } = event.data;
  const candle_at = newest ? new Date(newest).toISOString() : event.time;
  return {
    id, status: "live", version: event.version, published_at: event.time,
    terms: { warnings: [], candle_at, ...terms },
  };
}
