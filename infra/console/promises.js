// The table of promises, a hundred at a time, and one of them in full.

import { $, make, number, short } from "/dom.js";
import { STATES } from "/signals.js";
import { ENDED, payloadOf } from "/clients/javascript/treum-proof.js";
import { R_UNIT, resultOf } from "/clients/javascript/treum-rate.js";

const PAGE = 100;
const WORDS = { ...STATES, voided: "voided", lapsed: "lapsed" };
const time = (text) => (text ? text.slice(0, 19).replace("T", " ") : "–");

export class Promises {
  constructor() {
    this.record = [];
    this.report = { findings: [], head: null };
    this.many = PAGE;
    $("more").addEventListener("click", () => { this.many += PAGE; this.draw(); });
    for (const id of ["filter", "order"]) $(id).addEventListener("change", () => { this.many = PAGE; this.draw(); });
  }

  show(record, report) {
    this.record = record;
    this.report = report;
    this.wrong = new Map();
    for (const { number: at, what } of report.findings) this.wrong.set(at, [...(this.wrong.get(at) ?? []), what]);
    this.draw();
  }

  published(report) { return report.checked - (report.outcomes.voided ?? 0) - (report.outcomes.approved ?? 0) - (report.outcomes.lapsed ?? 0); }

  kept(one) {
    const r = result(one);
    const tests = {
      wrong: () => this.wrong.has(one.number), won: () => r > 0, lost: () => r !== null && r < 0,
      open: () => !ENDED.has(one.status) && one.status !== "voided", voided: () => one.status === "voided",
    };
    return tests[$("filter").value]?.() ?? true;
  }

  draw() {
    const found = this.record.filter((one) => this.kept(one));
    found.sort((a, b) => ($("order").value === "old" ? a.number - b.number : b.number - a.number));
    $("promises-count").textContent = found.length === this.record.length ? number(found.length) : `${number(found.length)} of ${number(this.record.length)}`;
    $("promises").replaceChildren(...found.slice(0, this.many).map((one) => this.row(one)));
    $("more").hidden = found.length <= this.many;
  }

  // Shows what does not hold first.
  point() {
    $("filter").value = this.report.findings.length ? "wrong" : "";
    this.draw();
  }

  row(one) {
    const bad = this.wrong.has(one.number), r = result(one);
    return make("tr", bad ? { class: "bad" } : {},
      make("td", {}, make("button", { type: "button", class: "plain", "aria-label": `Open promise ${one.number}`, onclick: () => this.open(one) }, String(one.number))),
      make("td", { class: "t" }, ...promised(one)),
      make("td", { class: "t" }, WORDS[one.status] ?? one.status),
      make("td", r === null ? {} : { class: r > 0 ? "up" : r < 0 ? "down" : "" }, r === null ? "–" : `${r > 0 ? "+" : r < 0 ? "−" : ""}${Math.abs(r).toFixed(2)} R`),
      make("td", { class: "t wide-only" }, time(one.committed_at)),
      make("td", { class: "t wide-only" }, make("code", {}, short(one.hash, 14))),
      make("td", { class: bad ? "down" : "up", title: bad ? this.wrong.get(one.number).join("; ") : "holds" }, bad ? "✗" : "✓"));
  }

  open(one) {
    const wrong = this.wrong.get(one.number) ?? [];
    $("one-title").textContent = `Promise ${one.number} of ${one.analyst}`;
    $("one-verdict").className = `verdict ${wrong.length ? "bad" : "good"}`;
    $("one-verdict").textContent = wrong.length ? `✗ It ${wrong.join("; it ")}` : "✓ It holds";
    const facts = [
      ["status", WORDS[one.status] ?? one.status], ["committed", one.committed_at], ["published", one.published_at], ["ended (market time)", one.closed_at],
      ["exit", one.exit_price], ["void", one.void_reason], ["hash", one.hash], ["nonce", one.nonce], ["previous", one.previous], ["locked document", one.document],
    ];
    $("one-facts").replaceChildren(...facts.filter(([, value]) => value).flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, String(value))]));
    $("one-text").textContent = one.payload ?? "Hidden until it ends: only the hash is known.";
    $("one").showModal();
  }
}

function result(one) {
  if (one.revision || !ENDED.has(one.status)) return null;
  try {
    const found = resultOf(one);
    return found === null ? null : Number(found) / R_UNIT;
  } catch { return -1; } // unreadable among the ended counts as a loss
}

function promised(one) {
  const payload = payloadOf(one);
  if (one.revision) return [make("span", { class: "dim" }, `revision ${one.revision} of a signal`)];
  if (!payload) return [make("span", { class: "dim" }, "hidden until it ends")];
  return [
    make("b", {}, payload.symbol), " ", make("span", { class: payload.side === "buy" ? "up" : "down" }, payload.side),
    make("span", { class: "dim" }, ` ${payload.entry}`), make("span", { class: "dim" }, ` stop ${payload.stop}`), make("span", { class: "dim" }, ` target ${payload.targets[0]}`),
  ];
}
