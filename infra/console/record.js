// The public track record: reads all promises of an analyst, checks them here, and shows what they came to.

import { Curve } from "/curve.js";
import { $, make, number } from "/dom.js";
import { trouble, settle } from "/frame.js";
import { Promises } from "/promises.js";
import { spoil } from "/spoil.js";
import { verifyRecord } from "/clients/javascript/treum-verify.js";

const API = "/api/v1", PAGE = 1000, FEW = 200, ANALYST = /^[a-z0-9-]{1,64}$/;
const asked = new URLSearchParams(location.search).get("analyst") ?? "treum-house";
const analyst = ANALYST.test(asked) ? asked : "treum-house";
const KEPT = `treum-head-${analyst}`;
const percent = (share, digits = 1) => `${(share * 100).toFixed(digits)} %`;
const inR = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)} R`;
const promises = new Promises();
const sum = new Curve($("sum"), { label: "Sum of results in R", format: (value, whole) => (whole ? inR(value) : `${value < 0 ? "−" : ""}${Math.abs(value)}`), base: 0 });
let record = [], head = null;

async function read() {
  const lines = [];
  for (let after = "0"; after !== null;) {
    const response = await fetch(`${API}/commitments/${analyst}/export?after=${after}&limit=${PAGE}`);
    if (!response.ok && response.status !== 404) throw new Error(`The record cannot be read: the server answered ${response.status}`);
    lines.push(...(response.ok ? await response.text() : "").split("\n").filter(Boolean));
    after = response.headers.get("X-Next-After");
    $("verdict").textContent = `Loading the record… ${number(lines.length)} promises`;
  }
  if (!lines.length) throw new Error(`Nothing was promised by ${analyst} yet`);
  return lines.map((line) => JSON.parse(line));
}

async function load() {
  $("again").disabled = $("spoil").disabled = true;
  trouble(null);
  try {
    const served = await fetch(`${API}/commitments/${analyst}/head`);
    head = served.ok ? await served.json() : null; // read first: the record may only be longer
    record = await read();
    $("restore").hidden = true;
    $("spoiled").textContent = "";
    await check(record, kept());
    keep();
  } catch (error) {
    trouble(error);
    $("verdict").textContent = "Nothing to check.";
  } finally {
    $("again").disabled = false;
    $("spoil").disabled = record.length === 0;
  }
}

// The head that this browser wrote down at its last visit.
function kept() {
  try { return JSON.parse(localStorage.getItem(KEPT)); } catch { return null; }
}

function keep() {
  if (promises.report.head && !promises.report.findings.length) localStorage.setItem(KEPT, JSON.stringify({ ...promises.report.head, at: new Date().toISOString() }));
}

async function check(some, pinned) {
  const progress = $("progress"), began = performance.now();
  $("verdict").className = "verdict";
  const report = await verifyRecord(some, {
    pinned, told: (done, all) => {
      progress.max = Math.max(1, all);
      progress.value = done;
      $("verdict").textContent = `Checking ${number(done)} of ${number(all)}…`;
    },
  });
  const named = head && some.find((one) => one.number === head.number);
  const links = new Set([report.head?.link, ...some.map((one) => one.previous)]);
  const holdsHead = !head || head.number === 0 || Boolean(named && links.has(head.link));
  if (!holdsHead) report.findings.push({ number: head.number, what: "is not the head that the server names" });
  const took = Math.max(1, Math.round(performance.now() - began)), wrong = report.findings.length;
  $("verdict").classList.add(wrong ? "bad" : "good");
  $("verdict").textContent = wrong ? `✗ ${number(wrong)} ${wrong === 1 ? "thing does" : "things do"} not hold` : `✓ Everything holds: ${number(report.checked)} promises checked in ${number(took)} ms`;
  $("checks").replaceChildren(...checks(report, pinned, holdsHead));
  rate(report.rate);
  offline(report);
  promises.show(some, report);
}

function checks(report, pinned, holdsHead) {
  const { passed, revealed, checked, rate: { ended } } = report;
  const published = promises.published(report);
  const line = (good, ...what) => make("li", { class: good ? "good" : "bad" }, make("b", { "aria-label": good ? "holds" : "fails" }, good ? "✓" : "✗"), make("span", {}, ...what));
  const since = pinned && new Date(pinned.at).toISOString().slice(0, 16).replace("T", " ");
  const pin = pinned && !report.findings.some((one) => /written down/.test(one.what));
  return [
    line(passed.hashes === revealed, `${number(passed.hashes)} of ${number(revealed)} revealed promises give the hash fixed before`),
    line(passed.links === checked, `${number(passed.links)} of ${number(checked)} numbers follow without a gap, each pinning all before`),
    line(passed.times >= published, `${number(passed.times)} of ${number(published)} published ones were committed before`),
    line(passed.ends >= ended, `${number(passed.ends)} of ${number(ended)} ends are such as the revealed terms allow`),
    line(holdsHead, head ? `the chain holds the head that the server names, number ${number(head.number)}` : "the server names no head"),
    ...(pinned ? [line(pin, `it still holds number ${number(pinned.number)}, which this browser wrote down on ${since}`)] : []),
  ];
}

function rate(found) {
  const { winRate, interval, averageR, counted, bounds } = found;
  $("win-rate").textContent = winRate === null ? "–" : percent(winRate);
  $("average-r").textContent = averageR === null ? "–" : inR(averageR);
  $("average-r").className = `big ${averageR > 0 ? "up" : averageR < 0 ? "down" : ""}`;
  $("settled").textContent = number(counted);
  $("interval").hidden = interval === null;
  if (interval) {
    const [low, high] = interval, [range, point] = $("interval").children;
    range.style.left = `${low * 100}%`;
    range.style.right = `${(1 - high) * 100}%`;
    point.style.left = `${winRate * 100}%`;
    const told = `95 % interval of the true rate (Wilson): ${percent(low)} to ${percent(high)}`;
    $("interval").setAttribute("aria-label", told);
    $("interval-text").textContent = `${told}${counted < FEW ? ", as wide as so few promises make it" : ""}. ${found.open ? `${number(found.open)} still open could move it to ${percent(bounds[0])} or ${percent(bounds[1])}.` : ""}`;
  }
  const counts = [["won", found.won], ["lost", found.lost], ["neither", found.ended - found.won - found.lost], ["voided", found.voided], ["open", found.open]];
  $("outcomes").replaceChildren(...counts.map(([name, many]) => make("li", {}, make("b", {}, number(many)), ` ${name}`)));
  let total = 0;
  const ordered = found.results.filter((one) => one.closed_at).sort((a, b) => a.number - b.number);
  sum.byNumber(ordered.map((one) => { total += one.r; return [one.number, total]; }));
}

function offline(report) {
  const origin = location.origin, pin = report.head ? ` --head ${report.head.number}:${report.head.link}` : "";
  $("offline").textContent = [`curl -o export '${origin}${API}/commitments/${analyst}/export?limit=1000'`, `PYTHONPATH=clients/python python -m treum_verify export${pin}`].join("\n");
  $("head").replaceChildren("Head: number ", make("b", {}, String(report.head?.number ?? 0)), ", ", make("code", {}, report.head?.link ?? "none"));
}

async function spoilIt() {
  const { copy, told } = spoil(record, $("spoil-what").value);
  $("spoiled").textContent = told;
  if (!copy) return;
  $("restore").hidden = false;
  await check(copy, kept());
  promises.point();
}

settle();
$("analyst").textContent = analyst;
$("again").addEventListener("click", load);
$("spoil").addEventListener("click", () => spoilIt().catch(trouble));
$("restore").addEventListener("click", () => {
  $("restore").hidden = true;
  $("spoiled").textContent = "As it was.";
  check(record, kept()).then(() => promises.point()).catch(trouble);
});
// Whoever asks for the figures computes them: the page itself publishes none that nobody verified.
$("compute").addEventListener("click", () => {
  $("unverified").hidden = true;
  $("computed").hidden = $("sum-card").hidden = false;
});
$("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText($("offline").textContent);
  $("copied").textContent = "Copied.";
});
load();
