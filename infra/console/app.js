// The live console: signs in, listens, and moves values between the signals, the chart and the status.

import { Desk } from "/desk.js";
import { $ } from "/dom.js";
import { Filters } from "/filters.js";
import { people, settle, trouble } from "/frame.js";
import * as proof from "/proof.js";
import { Signals, fromEvent } from "/signals.js";
import * as status from "/status.js";
import { TreumStream } from "/clients/javascript/treum-stream.js";

let session = null, desk = null, filters = null;
const signals = new Signals({ onlook: (signal) => look(signal).catch(trouble), onproof: (signal) => proof.open(session, signal) });

function link(state, text) {
  $("link").dataset.state = state;
  $("link").textContent = text;
}

async function begin(signedIn) {
  session = signedIn;
  link("wait", "connecting");
  desk = new Desk(session, signals);
  filters = new Filters(session, signals);
  const [instruments, list] = await Promise.all([desk.open(), filters.read()]);
  filters.offer(instruments);
  listen(instruments);
  const first = list.find((one) => one.status === "live") ?? list[0];
  if (first) await look(first); else await desk.choose(instruments[0].symbol);
}

function listen(instruments) {
  const stream = new TreumStream({
    url: `${location.origin.replace(/^http/, "ws")}/live`,
    ticket: async () => (await session.post("/realtime/tickets")).ticket,
    onEvent: (channel, { event }) => (channel === "signals" ? heard(event) : desk.heard(event.data ?? event)),
    onState: (state) => link(state === "open" ? "live" : "wait", state === "open" ? "live" : "reconnecting"),
    onGap: () => filters.read().catch(trouble),
    onError: (code) => trouble(new Error(`The stream was refused: ${code}`)),
  });
  stream.subscribe("signals");
  instruments.forEach((one) => stream.subscribe(`quotes:${one.symbol}`));
}

function heard(event) {
  if (event.type === "signal.published") {
    arrived(fromEvent(event, desk.market.newest(event.data.symbol)?.at)).catch(trouble);
  } else if (event.data.signal_id && signals.all.has(event.data.signal_id)) {
    again(event.data.signal_id).catch(trouble);
  }
}

// Shown at once as the event tells it, then as the API does: with the candle that decided it.
async function arrived(signal) {
  signals.put(signal, true);
  const whole = await session.get(`/signals/${signal.id}`);
  signals.put(whole);
  if (whole.terms.symbol === desk.shown.symbol && desk.chart.view.following) {
    desk.mark();
    desk.chart.chosen = desk.chart.signals.find((one) => one.id === whole.id) ?? null;
    signals.choose(whole.id);
  }
}

// It was closed, revised, cancelled or recalled: the API tells it whole.
async function again(id) {
  signals.put(await session.get(`/signals/${id}`));
  desk.mark();
}

async function look(signal) {
  signals.choose(signal.id);
  await desk.look(signal);
}

settle();
people(begin);
status.watch();
