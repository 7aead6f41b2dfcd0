// The bytes that TREUM's event store hashes and signs, and the proofs of its tree (RFC 9162). Bytes are hex in
// documents; see functions/audit/model for the formats. What is malformed throws Wrong.

const HEX = /^(?:[0-9a-f]{2})*$/i;
const encode = (text) => new TextEncoder().encode(text);

export class Wrong extends Error {}

export async function sha256(...parts) { return new Uint8Array(await crypto.subtle.digest("SHA-256", join(parts))); }

export function join(parts) {
  const whole = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of parts) { whole.set(one, at); at += one.length; }
  return whole;
}

export const hex = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");

export function unhex(text) {
  if (typeof text !== "string" || !HEX.test(text)) throw new Wrong(`'${String(text).slice(0, 80)}' is not hexadecimal`);
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function big(value, many) {
  const bytes = new Uint8Array(many);
  for (let at = many - 1, rest = BigInt(value); at >= 0; at -= 1, rest >>= 8n) bytes[at] = Number(rest & 255n);
  return bytes;
}

export function text(found, name) {
  if (typeof found?.[name] !== "string") throw new Wrong(`${name} is missing`);
  return found[name];
}

export function number(found, name, least = 0) {
  if (!Number.isSafeInteger(found?.[name]) || found[name] < least) throw new Wrong(`${name} is no number that can stand there`);
  return found[name];
}

export function hashed(found, name) {
  const raw = unhex(text(found, name));
  if (raw.length !== 32) throw new Wrong(`${name} is no SHA-256`);
  return raw;
}

// A key or a value: {text} or {base64}; null where there is none.
export function bytesOf(found, name) {
  const value = found[name] ?? null;
  if (value === null) return null;
  if (typeof value.text === "string") return encode(value.text);
  if (typeof value.base64 !== "string") throw new Wrong(`${name} is neither text nor base64`);
  try { return Uint8Array.from(atob(value.base64), (one) => one.charCodeAt(0)); } catch { throw new Wrong(`${name} is no base64`); }
}

const withLength = (raw) => join([big(raw.length, 4), raw]);

// The hash of an entry behind an entry with the hash `previous`.
export async function linkHash(found, { topic, partition }, previous) {
  const key = bytesOf(found, "key"), numbers = ["offset", "timestamp_ms", "recorded_us"].map((name) => big(number(found, name), 8));
  return sha256(encode("treum-audit-entry/1\0"), previous, withLength(encode(topic)), big(partition, 4), big(found.index, 8),
    ...numbers, big(number(found, "kind"), 1), key === null ? Uint8Array.of(255, 255, 255, 255) : withLength(key), hashed(found, "content"));
}

// The hash of a leaf of the tree, made of its marks: where every chain ended.
export async function leafHash(marks) {
  const parts = marks.map((one) => join([withLength(encode(text(one, "topic"))), big(number(one, "partition"), 4), big(number(one, "length"), 8), hashed(one, "hash")]));
  return sha256(Uint8Array.of(0), encode("treum-audit-heads/1\0"), big(marks.length, 4), ...parts);
}

const node = (left, right) => sha256(Uint8Array.of(1), left, right);

// The root that `path` leads to from the leaf at `place`; null: there is no such path (RFC 9162, 2.1.3.2).
export async function rootOfInclusion(leaf, place, size, path) {
  let at = place, last = size - 1, found = leaf;
  if (place >= size) return null;
  for (const step of path) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      found = await node(step, found);
      while (at % 2 === 0 && at !== 0) { at = Math.floor(at / 2); last = Math.floor(last / 2); }
    } else found = await node(found, step);
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? found : null;
}

// Whether `path` shows that the tree `newer` ({size, root}) begins with the tree `old` (RFC 9162, 2.1.4.2).
export async function isConsistent(old, newer, path) {
  if (old.size < 1 || old.size > newer.size) return false;
  if (old.size === newer.size) return path.length === 0 && old.root === newer.root;
  if (!path.length) return false;
  const steps = Number.isInteger(Math.log2(old.size)) ? [unhex(old.root), ...path] : [...path];
  let at = old.size - 1, last = newer.size - 1;
  const half = () => { at = Math.floor(at / 2); last = Math.floor(last / 2); };
  while (at % 2 === 1) half();
  let before = steps[0], now = steps[0];
  for (const step of steps.slice(1)) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      before = await node(step, before);
      now = await node(step, now);
      while (at % 2 === 0 && at !== 0) half();
    } else now = await node(now, step);
    half();
  }
  return last === 0 && hex(before) === old.root && hex(now) === newer.root;
}

// What the signature of a tree head covers.
export function signedBytes(head) {
  return join([encode("treum-audit-tree-head/1\0"), withLength(encode(text(head, "origin"))), big(number(head, "size"), 8), big(number(head, "at_us"), 8), hashed(head, "root")]);
}

// Whether `head` is signed by the Ed25519 key `key` (hex).
export async function isSigned(head, key) {
  const made = await crypto.subtle.importKey("raw", unhex(key), "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", made, unhex(text(head, "signature")), signedBytes(head));
}
