// A signal's proof, recomputed here: nothing is believed that this page can calculate itself.
// hash = SHA-256(payload as UTF-8 bytes || nonce bytes); the payload is the RFC 8785 text of the terms.

import { $, make } from "/dom.js";
import { canonical, commitment, instant } from "/clients/javascript/treum-proof.js";

// Returns the steps of the check: [{what, shown, good}], good null where there is nothing to judge.
export async function check(proof, signal) {
  if (proof.payload === null) return [{ what: "The terms are not revealed yet", shown: proof.hash, good: null }];
  const terms = JSON.parse(proof.payload);
  const computed = await commitment(proof.payload, proof.nonce);
  const same = ["symbol", "side", "entry", "stop"].every((name) => terms[name] === signal.terms[name])
    && terms.targets.join() === signal.terms.targets.join();
  const before = !proof.published_at || instant(proof.committed_at) <= instant(proof.published_at);
  return [
    { what: "The promise is in its one canonical form (RFC 8785)", shown: `${proof.payload.length} characters`, good: canonical(terms) === proof.payload },
    { what: "SHA-256 of promise and nonce, computed in this browser", shown: computed, good: computed === proof.hash },
    { what: `Commitment number ${proof.number} of ${proof.analyst}`, shown: proof.hash, good: null },
    { what: "It names the commitment before it, so none can be left out", shown: proof.previous, good: /^[0-9a-f]{64}$/.test(proof.previous) },
    { what: "What was promised is what was published", shown: `${terms.side} ${terms.symbol}, entry ${terms.entry}, stop ${terms.stop}, target ${terms.targets.join(", ")}`, good: same && terms.signal_id === signal.id },
    { what: "It was committed before it was published", shown: `${proof.committed_at} → ${proof.published_at ?? "not published"}`, good: before },
    { what: "Where nobody can change it", shown: proof.document, good: null },
  ];
}

export async function open(session, signal) {
  const dialog = $("proof"), verdict = $("proof-verdict");
  $("proof-title").textContent = `Proof of ${signal.terms.side} ${signal.terms.symbol}`;
  verdict.className = "verdict";
  verdict.textContent = "Computing…";
  $("proof-steps").replaceChildren();
  $("proof-text").textContent = "";
  dialog.showModal();
  try {
    const proof = await session.get(`/signals/${signal.id}/proof`);
    const steps = await check(proof, signal);
    const failed = steps.filter((step) => step.good === false).length;
    const checked = steps.filter((step) => step.good).length;
    $("proof-steps").replaceChildren(...steps.map(line));
    $("proof-text").textContent = proof.payload ?? "Not revealed yet.";
    verdict.classList.add(failed ? "bad" : "good");
    verdict.textContent = failed ? `✗ ${failed} of ${failed + checked} checks failed` : checked ? `✓ Verified in this browser: ${checked} checks passed` : "Committed, not revealed yet";
  } catch (error) {
    verdict.classList.add("bad");
    verdict.textContent = `The proof cannot be read: ${error.message}`;
  }
}

function line({ what, shown, good }) {
  const sign = good === null ? "" : good ? "✓ " : "✗ ";
  return make("li", {}, make("span", { class: good === null ? "" : good ? "up" : "down" }, sign), what, make("code", {}, shown));
}
