// Verifies what TREUM promised, in a browser or any other JavaScript with WebCrypto: no dependency, nothing is
// believed that can be computed. The rules of `python -m treum_verify`, except that it makes no end anew from candles.
//
//   const record = (await (await fetch("/api/v1/commitments/treum-house/export")).text()).trim().split("\n").map(JSON.parse);
//   const report = await verifyRecord(record, { told: (done, all) => … });
//   report.findings  // [{number, what}], empty when everything holds

import { ENDED, instant, linkOf, payloadOf, verifyProof } from "./treum-proof.js";
import { decimal, rateOf } from "./treum-rate.js";

const GENESIS = "0".repeat(64);
const EVERY = 100; // proofs between two words to the listener

// Checks all numbers of one analyst, in any order: {checked, revealed, findings, outcomes, rate, head, passed}.
// `pinned` is a head {number, link} that somebody wrote down; `passed` counts what held, by kind of check.
export async function verifyRecord(proofs, { told = () => {}, pinned = null } = {}) {
  const record = [...proofs].sort((a, b) => a.number - b.number);
  const report = { checked: record.length, revealed: 0, findings: [], outcomes: {}, passed: { hashes: 0, links: 0, times: 0, ends: 0 }, head: null };
  const walk = { expected: 1, before: GENESIS, last: null, pinned, report };
  const revisions = new Map();
  for (const one of record) if (one.revision) revisions.set(one.signal_id, [...(revisions.get(one.signal_id) ?? []), one]);
  for (const [index, proof] of record.entries()) {
    if (index % EVERY === 0) { told(index, record.length); await new Promise((resolve) => { setTimeout(resolve); }); }
    report.outcomes[proof.status] = (report.outcomes[proof.status] ?? 0) + 1;
    const wrong = [...await verifyProof(proof), ...await follows(proof, walk), ...ends(proof, revisions.get(proof.signal_id) ?? [])];
    if ((proof.payload ?? null) !== null) report.revealed += 1;
    count(report.passed, proof, wrong);
    report.findings.push(...wrong.map((what) => ({ number: proof.number, what })));
  }
  if (pinned && !record.some((one) => one.number === pinned.number)) {
    report.findings.push({ number: pinned.number, what: "was written down as the head, and is not in the record" });
  }
  told(record.length, record.length);
  report.rate = rateOf(new Map(record.map((one) => [one.number, one])).values());
  return report;
}

function count(passed, proof, wrong) {
  const about = (...words) => wrong.some((one) => words.some((word) => one.includes(word)));
  const unreadable = about("lacks", "cannot be read");
  if ((proof.payload ?? null) !== null && !unreadable && !about("hash", "nonce", "canonical", "speaks", "algorithm")) passed.hashes += 1;
  if (!unreadable && !about("missing", "twice", "follow", "written down")) passed.links += 1;
  if (!unreadable && proof.published_at && !about("committed", "was published")) passed.times += 1;
  if (!unreadable && ENDED.has(proof.status) && !about("says", "its end", "its revision")) passed.ends += 1;
}

// Numbers from 1 without a gap, none twice, times in order, each naming the document before.
async function follows(proof, walk) {
  const { number } = proof, wrong = [];
  if (number < walk.expected) return ["is there twice"];
  if (number > walk.expected) wrong.push(number === walk.expected + 1 ? `number ${walk.expected} before it is missing` : `numbers ${walk.expected} to ${number - 1} before it are missing`);
  else if (proof.previous !== walk.before) wrong.push("does not follow the one before: that one, or this one, was changed");
  try {
    const at = instant(proof.committed_at);
    if (walk.last !== null && at < walk.last) wrong.push("was committed before the number it follows");
    walk.last = at;
    walk.before = await linkOf(proof);
  } catch { walk.before = ""; } // said already where the proof itself was checked
  walk.expected = number + 1;
  walk.report.head = { number, link: walk.before };
  if (walk.pinned?.number === number && walk.pinned.link !== walk.before) wrong.push("is not the one written down: the record before it was changed since");
  return wrong;
}

// The end that is stated, held against the terms that were in force then.
function ends(proof, revisions) {
  const payload = payloadOf(proof);
  if (payload === null) return [];
  try {
    const ordered = [...revisions].sort((a, b) => a.revision - b.revision);
    return [...unlinked(proof, ordered), ...misstated(proof, payload, ordered)];
  } catch (error) {
    return [`its end cannot be read: ${error.message}`];
  }
}

function unlinked(proof, revisions) {
  let before = proof.hash;
  const wrong = [];
  for (const one of revisions.filter((each) => (each.payload ?? null) !== null)) {
    if (JSON.parse(one.payload).revises !== before) wrong.push(`its revision ${one.revision} does not name the promise it revises`);
    if ((one.published_at ?? null) !== null) before = one.hash;
  }
  return wrong;
}

function misstated(proof, payload, revisions) {
  const { status } = proof;
  if (!ENDED.has(status)) return [];
  if ((proof.exit_price ?? null) === null || (proof.closed_at ?? null) === null) return status === "cancelled" ? [] : [`says ${status} without a price and a time`];
  const closed = instant(proof.closed_at), way = payload.side === "buy" ? 1n : -1n;
  const known = revisions.filter((one) => (one.live_from ?? null) !== null && (one.payload ?? null) !== null && instant(one.live_from) < closed);
  const terms = known.length ? JSON.parse(known.at(-1).payload) : payload;
  const beyond = (level) => (decimal(proof.exit_price) - decimal(level)) * way;
  if (status === "target_hit" && beyond(terms.targets[0]) < 0n) return [`says target hit at ${proof.exit_price}, short of its target ${terms.targets[0]}`];
  if (status === "stopped" && beyond(terms.stop) > 0n) return [`says stopped at ${proof.exit_price}, better than its stop ${terms.stop}`];
  return status === "expired" && closed < instant(terms.expires_at) ? [`says expired at ${proof.closed_at}, before its time`] : [];
}
