// What the platform is doing: asked every two seconds from its own test controls, which exist on laptops only.

import { $, make, number } from "/dom.js";

const STALE_MS = 2000;

export function watch() {
  const again = () => setTimeout(look, STALE_MS);
  async function look() {
    try {
      if (!document.hidden) draw(await (await fetch("/_local/status")).json());
    } catch {
      $("stores").replaceChildren(make("li", { class: "off" }, "the platform does not answer"));
    }
    again();
  }
  look();
}

function draw(status) {
  $("stores").replaceChildren(...(status.stores ?? []).map(store));
  const functions = Object.entries(status.functions ?? {});
  functions.sort(([, a], [, b]) => b.invocations - a.invocations);
  $("functions").replaceChildren(...functions.map(row));
  $("topics").replaceChildren(...sources(status).map(source));
  const lately = (status.events ?? []).slice(-8).reverse();
  $("events").replaceChildren(...(lately.length ? lately : ["Nothing unusual."]).map((text) => make("li", {}, text)));
  figures(status, functions.map(([, one]) => one));
}

function store(one) {
  const up = one.running !== false;
  const label = up ? one.version : "stopped";
  return make("li", { class: up ? "" : "off" }, one.name, make("span", { class: "kind" }, `${label}${one.label === "emulator" ? ", emulator" : ""}`));
}

const cell = (value, bad = false) => make("td", bad ? { class: "bad" } : {}, String(value));
const time = (value) => (value ? (value < 10 ? value.toFixed(1) : Math.round(value)) : "–");

function row([name, one]) {
  const failed = (one.errors ?? 0) + (one.crashes ?? 0);
  return make("tr", {}, cell(name.replace(/^treum-[a-z0-9]+-/, "")), cell(number(one.invocations)), cell(failed, failed > 0),
    cell(`${one.busy}/${one.workers}`), cell(time(one.p50_ms)), cell(time(one.p99_ms)));
}

function sources(status) {
  const found = Object.values(status.sources?.kafka ?? {});
  return found.sort((a, b) => b.delivered - a.delivered);
}

function source(one) {
  const failed = (one.failed_invokes ?? 0) + (one.given_up ?? 0);
  const who = (one.function ?? "").replace(/^treum-[a-z0-9]+-/, "");
  return make("tr", {}, make("td", {}, one.topic, make("br"), make("small", {}, `→ ${who}`)), cell(number(one.delivered ?? 0)), cell(failed, failed > 0), cell(one.backlog ?? 0, one.backlog > 1000));
}

function figures(status, functions) {
  const sum = (name) => functions.reduce((total, one) => total + (one[name] ?? 0), 0);
  const gateway = status.gateway ?? {};
  const errors = sum("errors") + sum("crashes") + (gateway.errors ?? 0);
  const shown = [
    ["requests", gateway.requests ?? 0], ["invocations", sum("invocations")], ["subscribers", gateway.sockets ?? 0],
    ["frames out", gateway.frames_out ?? 0], ["API p50 ms", time(gateway.p50_ms)],
    ["errors", errors],
  ];
  $("figures").replaceChildren(...shown.map(([name, value]) =>
    make("div", name === "errors" && value ? { class: "bad" } : {}, make("dt", {}, name), make("dd", {}, typeof value === "number" ? number(value) : value))));
}
