// Starts everything: theme, sign-in, prices, signals, and the platform's status.

import { Chart } from "/chart.js";
import { $, make } from "/dom.js";
import * as proof from "/proof.js";
import { Session } from "/session.js";
import { Signals, fromEvent, level } from "/signals.js";
import * as status from "/status.js";
import { TreumStream } from "/clients/javascript/treum-stream.js";

const CANDLES = 300, NEAR = 80, AFTER_MS = 15 * 24 * 3600e3;
const root = document.documentElement;
const chart = new Chart($("chart"), $("legend"));
const signals = new Signals({ onlook: (signal) => look(signal).catch(trouble), onproof: (signal) => proof.open(session, signal) });
const prices = new Map();
let session = null, instruments = [], symbol = null;

function theme(name) {
  root.dataset.theme = name;
  localStorage.setItem("treum-theme", name);
  chart.draw();
}

function trouble(error) {
  $("trouble").hidden = !error;
  $("trouble").textContent = error ? `${error.message}. ${error.status === 503 ? "Try again in a moment." : ""}` : "";
}

function link(state, text) {
  $("link").dataset.state = state;
  $("link").textContent = text;
}

async function signIn() {
  const button = $("sign-in");
  button.disabled = true;
  button.textContent = "Signing in…";
  trouble(null);
  try {
    session = await Session.demo();
    button.hidden = true;
    $("who").hidden = false;
    $("who").replaceChildren(make("b", {}, session.me.display_name || session.me.email), ` · ${session.me.plan}`);
    await begin();
  } catch (error) {
    trouble(error);
    link("off", "offline");
  } finally {
    button.disabled = false;
    button.textContent = "Sign in as a demo user";
  }
}

async function begin() {
  link("wait", "connecting");
  const [found, list] = await Promise.all([session.get("/instruments"), published()]);
  instruments = found.items;
  tabs();
  listen();
  const first = list.find((one) => one.status === "live") ?? list[0];
  await choose(first ? first.terms.symbol : instruments[0].symbol);
}

async function published() {
  const { items } = await session.get("/signals?limit=50");
  items.forEach((one) => signals.put(one));
  return items;
}

function listen() {
  const stream = new TreumStream({
    url: `${location.origin.replace(/^http/, "ws")}/live`,
    ticket: async () => (await session.post("/realtime/tickets")).ticket,
    onEvent: (channel, { event }) => (channel === "signals" ? heard(event) : priced(event)),
    onState: (state) => link(state === "open" ? "live" : "wait", state === "open" ? "live" : "reconnecting"),
    onGap: () => published().catch(trouble),
    onError: (code) => trouble(new Error(`The stream was refused: ${code}`)),
  });
  stream.subscribe("signals");
  instruments.forEach((one) => stream.subscribe(`quotes:${one.symbol}`));
}

function heard(event) {
  if (event.type === "signal.published") {
    arrived(fromEvent(event, prices.get(event.data.symbol)?.at(-1)?.at)).catch(trouble);
  } else if (event.type === "signal.closed") {
    signals.close(event.data.signal_id, event.data.outcome);
  } else if (event.type === "signal.cancelled") {
    signals.close(event.data.signal_id, "cancelled");
  }
  chart.mark(signals.of(symbol));
}

// Shown at once as the event tells it, then as the API does: with the candle that decided it.
async function arrived(signal) {
  signals.put(signal, true);
  if (signal.terms.symbol === symbol) chart.look(level(signal));
  const whole = await session.get(`/signals/${signal.id}`);
  signals.put(whole);
  if (whole.terms.symbol === symbol && $("back").hidden) await look(whole);
}

const toCandle = (one) => ({
  at: Date.parse(one.closed_at), open: Number(one.open), high: Number(one.high), low: Number(one.low), close: Number(one.close),
});

function priced(event) {
  const data = event.data ?? event;
  const known = prices.get(data.symbol);
  const candle = data.open === undefined ? fromPrice(data, known) : toCandle(data);
  if (!candle) return;
  prices.set(data.symbol, [...(known ?? []).filter((one) => one.at < candle.at), candle].slice(-CANDLES));
  if (data.symbol !== symbol) return;
  $("empty").hidden = true;
  chart.push(candle);
  quote();
}

// A quote alone has no open, high or low: the candle runs from the last close to the new price.
function fromPrice(data, known) {
  const last = known?.at(-1);
  const close = Number(data.price), at = Date.parse(data.at);
  if (!last || !(at > last.at)) return null;
  return { at, open: last.close, high: Math.max(last.close, close), low: Math.min(last.close, close), close };
}

async function choose(wanted) {
  symbol = wanted;
  for (const tab of $("symbols").children) {
    tab.setAttribute("aria-selected", String(tab.textContent === wanted));
    tab.tabIndex = tab.textContent === wanted ? 0 : -1;
  }
  const instrument = instruments.find((one) => one.symbol === wanted);
  $("prices-title").textContent = instrument.name;
  if (!prices.has(wanted)) prices.set(wanted, await candles(instrument));
  if (symbol !== wanted) return;
  present();
  chart.show(wanted, prices.get(wanted), (instrument.tick.split(".")[1] ?? "").length);
  chart.mark(signals.of(wanted));
  const latest = signals.of(wanted)[0];
  if (latest) chart.look(latest);
  $("empty").hidden = prices.get(wanted).length > 0;
  $("empty").textContent = "No candle yet: press play on the tape, or wait a moment.";
  quote();
}

async function candles(instrument) {
  const timeframe = instrument.kind === "currency" ? "1h" : "1d";
  const path = `/instruments/${encodeURIComponent(instrument.symbol)}/candles?timeframe=${timeframe}&limit=${CANDLES}`;
  try {
    return (await session.get(path)).items.map(toCandle);
  } catch (error) {
    if (error.status !== 404 && error.status !== 422) trouble(error);
    return [];
  }
}

function quote() {
  const [before, last] = (prices.get(symbol) ?? []).slice(-2);
  const now = last ?? before;
  if (!now) { $("price").textContent = "–"; $("change").textContent = ""; return; }
  const change = last ? (last.close / before.close - 1) * 100 : 0;
  $("price").textContent = chart.text(now.close);
  $("change").className = change < 0 ? "down" : "up";
  $("change").textContent = `${change < 0 ? "▼" : "▲"} ${Math.abs(change).toFixed(2)} %`;
}

async function look(signal) {
  signals.choose(signal.id);
  if (signal.terms.symbol !== symbol) await choose(signal.terms.symbol);
  const mark = level(signal), newest = prices.get(symbol).slice(-NEAR);
  if (newest.length && mark.at >= newest[0].at) present();
  else await revisit(signal);
  chart.look(mark);
}

// Goes back to the candles around a signal that the newest ones no longer show.
async function revisit({ terms }) {
  const until = new Date(Date.parse(terms.expires_at) + AFTER_MS).toISOString();
  const path = `/instruments/${encodeURIComponent(terms.symbol)}/candles?timeframe=${terms.timeframe}&limit=${NEAR}&until=${until}`;
  chart.revisit((await session.get(path)).items.map(toCandle));
  $("back").hidden = false;
  $("empty").hidden = true;
}

function present() {
  chart.revisit(null);
  $("back").hidden = true;
}

function tabs() {
  $("symbols").replaceChildren(...instruments.map((one) =>
    make("button", { type: "button", role: "tab", "aria-selected": "false", onclick: () => choose(one.symbol).catch(trouble) }, one.symbol)));
  $("symbols").onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const all = [...$("symbols").children];
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    next.focus();
    next.click();
  };
}

const light = window.matchMedia("(prefers-color-scheme: light)").matches;
theme(localStorage.getItem("treum-theme") ?? (light ? "light" : "dark"));
$("theme").addEventListener("click", () => theme(root.dataset.theme === "light" ? "dark" : "light"));
$("back").addEventListener("click", present);
$("sign-in").addEventListener("click", signIn);
status.watch();
if (Session.kept()) signIn();
