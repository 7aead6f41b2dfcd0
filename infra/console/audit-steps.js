// The steps of an entry's proof, each computed here: from the bytes of the event up to a head that was kept.

import { bytesOf, hex, isConsistent, isSigned, leafHash, linkHash, rootOfInclusion, sha256, unhex } from "/clients/javascript/treum-audit-tree.js";

const RECORD = 0, REPEATED = 1;

// Returns [{what, shown, good}]: good null where there is nothing to judge. `keys` are hex by id; `kept` is a head
// from before with the path {head, path} that joins it to the proof's.
export async function stepsOf(proof, { keys, kept }) {
  const { entry, head } = proof, chain = { topic: proof.topic, partition: proof.partition };
  const reached = await linkHash(entry, chain, unhex(proof.previous));
  const { last, hash } = await toMark(proof, chain);
  const named = proof.marks.some((one) => one.topic === chain.topic && one.partition === chain.partition && one.length === last && one.hash === hash);
  const root = await rootOfInclusion(await leafHash(proof.marks), proof.leaf, head.size, proof.path.map(unhex));
  const further = last - entry.index;
  return [
    await content(entry),
    { what: `Its hash covers its bytes, its place and the hash before it`, shown: hex(reached), good: hex(reached) === entry.hash },
    { what: further ? `${further} entries on, the chain runs into the leaf that was signed` : "It is the end of its chain in the leaf that was signed", shown: hash, good: named },
    { what: `Leaf ${proof.leaf + 1} of ${head.size}, with ${proof.path.length} hashes beside it, makes the root`, shown: root === null ? "there is no such way" : hex(root), good: root !== null && hex(root) === head.root },
    await signed(head, keys),
    await pinned(head, kept),
  ];
}

async function toMark({ entry, links }, chain) {
  let last = entry.index, hash = unhex(entry.hash);
  for (const one of links) { last += 1; hash = one.index === last ? await linkHash(one, chain, hash) : new Uint8Array(); }
  return { last, hash: hex(hash) };
}

async function content(entry) {
  if (entry.kind === REPEATED) return { what: "It repeats an event that an earlier entry holds", shown: entry.content, good: null };
  const value = bytesOf(entry, "value"), computed = hex(await sha256(value ?? new Uint8Array()));
  const what = entry.kind === RECORD ? "SHA-256 of the event, computed in this browser" : "A tombstone: there is no value";
  return { what, shown: computed, good: computed === entry.content };
}

async function signed(head, keys) {
  const key = keys.get(head.key_id), what = `The root is signed by the published key ${head.key_id}`;
  if (!key) return { what, shown: "no published key has this name", good: false };
  try {
    return { what, shown: `${head.signature.slice(0, 64)}…`, good: await isSigned(head, key) };
  } catch (error) {
    if (error.name !== "NotSupportedError") return { what, shown: error.message, good: false };
    return { what, shown: "this browser cannot check Ed25519; python -m treum_audit can", good: null };
  }
}

async function pinned(head, kept) {
  if (!kept) return { what: "No head was kept in this browser before: now this one is", shown: head.root, good: null };
  const old = kept.head, [first, second] = old.size <= head.size ? [old, head] : [head, old];
  const good = await isConsistent(first, second, kept.path.map(unhex));
  return { what: `It agrees with the head of size ${old.size} that this browser kept on ${kept.on}`, shown: old.root, good };
}
