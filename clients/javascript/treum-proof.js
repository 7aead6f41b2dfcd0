// One number of a record: what it must have, what its hash hides, and whether it was promised in time.

const ALGORITHM = "sha256(rfc8785(payload) || nonce)";
const FIELDS = ["signal_id", "analyst", "number", "hash", "previous", "committed_at", "status"];
const TERMS = ["symbol", "timeframe", "strategy", "side", "entry", "stop", "targets", "tick", "expires_at", "candle_at"];
export const ENDED = new Set(["target_hit", "stopped", "expired", "cancelled"]);

const hex = (buffer) => Array.from(new Uint8Array(buffer), (one) => one.toString(16).padStart(2, "0")).join("");
const utf8 = (text) => new TextEncoder().encode(text);
const sha256 = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));

function bytes(text) {
  if (!/^([0-9a-f]{2})*$/i.test(text ?? "")) throw new Error("the nonce is not hexadecimal");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

// RFC 8785 of objects, lists, strings, booleans, null and integers below 2^53.
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Error("a payload holds no fractions and no integers above 2^53");
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

export async function commitment(payload, nonce) {
  const text = utf8(payload), salt = bytes(nonce);
  const joined = new Uint8Array(text.length + salt.length);
  joined.set(text);
  joined.set(salt, text.length);
  return sha256(joined);
}

// An RFC 3339 time in microseconds; JavaScript's own dates stop at milliseconds.
export function instant(text) {
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  const seconds = found ? Date.parse(found[1] + found[3]) : NaN;
  if (Number.isNaN(seconds)) throw new Error(`the time ${text} cannot be read`);
  return BigInt(seconds) * 1000n + BigInt((found[2] ?? "").padEnd(6, "0"));
}

function rfc3339(micros) {
  const rest = micros % 1_000_000n;
  const seconds = new Date(Number((micros - rest) / 1000n)).toISOString().slice(0, 19);
  return `${seconds}${rest ? `.${String(rest).padStart(6, "0")}` : ""}Z`;
}

// SHA-256 over the document that the locked store keeps: what the next number names as its previous.
export async function linkOf(proof) {
  const { analyst, hash, number, previous } = proof;
  const document = { algorithm: proof.algorithm ?? ALGORITHM, analyst, committed_at: rfc3339(instant(proof.committed_at)), hash, number, previous };
  return sha256(utf8(canonical(document)));
}

// The revealed terms of a signal, null for a revision, a hidden or an unreadable one.
export function payloadOf(proof) {
  try {
    const payload = JSON.parse(proof.payload);
    return payload && !proof.revision && TERMS.every((name) => name in payload) ? payload : null;
  } catch { return null; }
}

// What is wrong with one proof, in words; empty when it holds.
export async function verifyProof(proof) {
  const missing = FIELDS.filter((name) => proof[name] === undefined || proof[name] === null);
  if (missing.length) return [`lacks ${missing.join(", ")}`];
  try {
    return [...timely(proof), ...expired(proof), ...await opened(proof)];
  } catch (error) {
    return [`cannot be read: ${error.message}`];
  }
}

function timely(proof) {
  const published = proof.published_at ?? null;
  if (published === null) return ENDED.has(proof.status) && !proof.revision ? ["ended and was never published"] : [];
  if (proof.status === "voided") return ["is voided, and was published: what was published counts as it ended"];
  return instant(proof.committed_at) > instant(published) ? ["was committed after it was published"] : [];
}

// A signal that went live, by the market's time, at its own end or later: its result was known.
function expired(proof) {
  const payload = payloadOf(proof), from = proof.live_from ?? null;
  if (payload === null || from === null || instant(from) < instant(payload.expires_at)) return [];
  return [`was published after it had expired: live from ${from}, until ${payload.expires_at}`];
}

async function opened(proof) {
  if ((proof.payload ?? null) === null) {
    if (ENDED.has(proof.status)) return ["is closed and was not revealed"];
    return proof.status === "voided" ? ["is voided and was not revealed"] : [];
  }
  const wrong = [];
  if ((proof.algorithm ?? ALGORITHM) !== ALGORITHM) wrong.push(`the algorithm ${proof.algorithm} is not known here`);
  const size = bytes(proof.nonce).length;
  if (size !== 32) wrong.push(`the nonce has ${size} bytes instead of 32`);
  if (await commitment(proof.payload, proof.nonce) !== proof.hash) wrong.push("payload and nonce do not give the hash: this is not what was promised");
  const payload = JSON.parse(proof.payload);
  if (canonical(payload) !== proof.payload) wrong.push("the payload is not in canonical form");
  for (const name of ["signal_id", "analyst"]) if (payload[name] !== proof[name]) wrong.push(`the payload speaks of another ${name}`);
  return wrong;
}
