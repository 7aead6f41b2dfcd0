// The win rate from the record alone: every number counts, and nothing can be gained by hiding one. Exact where it
// decides: prices are whole numbers of the smallest digit, results whole millionths of R.

import { ENDED, payloadOf } from "./treum-proof.js";

export const R_UNIT = 1_000_000;
const DIGITS = 18;
const FULL_LOSS = BigInt(-R_UNIT);
const Z95 = 1.959963984540054; // the 97.5th percentile of the standard normal distribution

// A decimal's text as a whole number of 10^-18.
export function decimal(text) {
  const found = /^(-?)(\d+)(?:\.(\d{1,18}))?$/.exec(text);
  if (!found) throw new Error(`${text} is not a decimal`);
  const value = BigInt(found[2] + (found[3] ?? "").padEnd(DIGITS, "0"));
  return found[1] ? -value : value;
}

// Rounded to whole, half to even, as the record's own arithmetic does.
function divided(above, below) {
  const sign = (above < 0n) === (below < 0n) ? 1n : -1n, top = above < 0n ? -above : above, under = below < 0n ? -below : below;
  const whole = top / under, twice = (top % under) * 2n;
  return sign * (twice > under || (twice === under && whole % 2n === 1n) ? whole + 1n : whole);
}

// The result in millionths of R, the risk from entry to stop; a full loss where nothing shows it, null without a risk.
export function resultOf(proof) {
  const payload = payloadOf(proof);
  if (payload === null || (proof.exit_price ?? null) === null) return FULL_LOSS;
  const entry = decimal(payload.entry), risk = entry - decimal(payload.stop);
  if (risk === 0n) return null;
  const gained = (decimal(proof.exit_price) - entry) * (payload.side === "buy" ? 1n : -1n);
  return divided(gained * BigInt(R_UNIT), risk < 0n ? -risk : risk);
}

// The 95 % score interval of a proportion (E. B. Wilson, JASA 22 (1927) 209-212).
export function wilson(won, of) {
  const share = won / of, square = Z95 * Z95;
  const middle = (share + square / (2 * of)) / (1 + square / of);
  const half = (Z95 * Math.sqrt((share * (1 - share)) / of + square / (4 * of * of))) / (1 + square / of);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

// What the signals came to. Voided ones count as not won; `bounds` is the rate if every open one lost, or won.
export function rateOf(proofs) {
  const rate = { ended: 0, voided: 0, open: 0, won: 0, lost: 0, results: [] };
  for (const proof of proofs) {
    if (proof.revision) continue;
    if (proof.status === "voided") rate.voided += 1;
    else if (!ENDED.has(proof.status)) rate.open += 1;
    else {
      rate.ended += 1;
      const r = read(proof);
      if (r !== null) rate.results.push({ number: proof.number, closed_at: proof.closed_at, r: Number(r) / R_UNIT });
      if (r > 0n) rate.won += 1;
      if (r < 0n) rate.lost += 1;
    }
  }
  const counted = rate.ended + rate.voided, all = counted + rate.open, sum = rate.results.reduce((total, one) => total + one.r, 0);
  return {
    ...rate, counted,
    winRate: counted ? rate.won / counted : null,
    interval: counted ? wilson(rate.won, counted) : null,
    averageR: rate.results.length ? sum / rate.results.length : null,
    bounds: all ? [rate.won / all, (rate.won + rate.open) / all] : null,
  };
}

function read(proof) {
  try { return resultOf(proof); } catch { return FULL_LOSS; } // unreadable among the ended: a loss
}
