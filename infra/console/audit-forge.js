// Forges the copy of a proof that this browser holds, and covers the tracks as far as is asked.

import { bytesOf, hex, leafHash, linkHash, rootOfInclusion, sha256, signedBytes, unhex } from "/clients/javascript/treum-audit-tree.js";

const LETTER = /[0-9a-z]/i;
const ORDER = ["value", "content", "hash", "leaf", "root", "signature", "key"];
const TOLD = {
  value: "and nothing else was touched. Its SHA-256 gives it away.",
  content: "and its content hash made anew. The chain gives it away.",
  hash: "and its hash in the chain as well. The leaf that was signed has another one.",
  leaf: "and the leaf of the tree rewritten. It no longer leads to the root.",
  root: "and the root computed anew. Only the signature is left to forge.",
  signature: "and the root signed with a key of your own. It is not the published one.",
  key: "and your key passed off as the published one. Everything agrees with itself: only the head that somebody kept gives you away, which is why we ask people to keep one.",
};

// Returns {proof, keys, told, at}: the forged copy, the keys a reader would then be shown, what was done, in words,
// and which character of the event was changed (null: none).
export async function forge(whole, keys, what) {
  const proof = structuredClone(whole);
  if (what === "path" || what === "previous") return single(proof, keys, what);
  const far = ORDER.indexOf(what), at = spoilValue(proof.entry);
  const published = far >= 1 ? await cover(proof, keys, far) : keys;
  const did = at === null ? "There is no text in this entry: its content hash was changed," : `Character ${at + 1} of the event was changed,`;
  return { proof, keys: published, told: `${did} ${TOLD[what]}`, at };
}

function single(proof, keys, name) {
  const spoilt = (text) => text.slice(0, 7) + (text[7] === "7" ? "8" : "7") + text.slice(8);
  if (name === "path" && !proof.path.length) {
    proof.path.push(proof.previous); // a tree of one leaf has no way to spoil
    return { proof, keys, told: "A hash was added to the way to the root, which a tree of one leaf does not have.", at: null };
  }
  if (name === "path") proof.path[0] = spoilt(proof.path[0]);
  else proof.previous = spoilt(proof.previous);
  return { proof, keys, told: name === "path" ? "One digit of the first hash on the way to the root was changed." : "One digit of the hash before this entry was changed.", at: null };
}

function spoilValue(entry) {
  const text = entry.value?.text;
  const places = [...(text ?? "")].flatMap((letter, at) => (LETTER.test(letter) ? [at] : []));
  if (!places.length) { entry.content = entry.content.replace(/^./, (one) => (one === "7" ? "8" : "7")); return null; }
  const at = places[Math.floor(Math.random() * places.length)];
  entry.value = { text: text.slice(0, at) + (text[at] === "7" ? "8" : "7") + text.slice(at + 1) };
  return at;
}

// Makes anew what follows from the change, step by step, and stops where the forger stops.
async function cover(proof, keys, far) {
  const { entry, head } = proof, chain = { topic: proof.topic, partition: proof.partition };
  if (entry.value) entry.content = hex(await sha256(bytesOf(entry, "value")));
  if (far < 2) return keys;
  let before = await linkHash(entry, chain, unhex(proof.previous)), last = entry.index;
  entry.hash = hex(before);
  for (const one of proof.links) { before = await linkHash(one, chain, before); last = one.index; }
  if (far < 3) return keys;
  proof.marks.find((one) => one.topic === chain.topic && one.partition === chain.partition && one.length === last).hash = hex(before);
  if (far < 4) return keys;
  head.root = hex(await rootOfInclusion(await leafHash(proof.marks), proof.leaf, head.size, proof.path.map(unhex)));
  return far < 5 ? keys : sign(head, keys, far === 6);
}

async function sign(head, keys, swap) {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  head.signature = hex(new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, signedBytes(head))));
  if (!swap) return keys;
  const mine = hex(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)));
  return new Map([...keys, [head.key_id, mine]]);
}
