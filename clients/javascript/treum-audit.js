// Verifies exports of TREUM's event store, in a browser or any other JavaScript with WebCrypto: no dependency,
// nothing is believed that can be computed. The rules and the words of `python -m treum_audit`.
//
//   const text = await (await fetch("/api/v1/audit/export?topic=user-events&partition=0", …)).text();
//   const found = await verifyExport(text, { kept: aHeadFromBefore, keys: new Map([[key_id, hex]]) });
//   // {chain, first, last, entries, previous, hash, head, ends, elsewhere}; throws Wrong at the first flaw

import { Wrong, bytesOf, hashed, hex, isConsistent, isSigned, leafHash, linkHash, number, rootOfInclusion, sha256, text, unhex } from "./treum-audit-tree.js";

const RECORD = 0, REPEATED = 1, TOMBSTONE = 2, GENESIS = "0".repeat(64);

// Verifies one export: its lines as text. `kept`: a head from before; `keys`: Map of key ids to hex. One is needed.
export async function verifyExport(lines, { kept = null, keys = new Map(), told = () => {} } = {}) {
  if (!kept && !keys.size) throw new Wrong("nothing to verify against: give a head you kept, or a key you trust");
  const documents = lines.split("\n").filter((line) => line.trim()).map(parsed);
  return verifyDocuments(documents, { kept, keys, told });
}

function parsed(line, at) {
  let found = null;
  try { found = JSON.parse(line); } catch (error) { throw new Wrong(`line ${at + 1} is no JSON: ${error.message}`); }
  if (found === null || typeof found !== "object" || Array.isArray(found)) throw new Wrong(`line ${at + 1} is no object`);
  return found;
}

async function verifyDocuments([opening = {}, ...rest], { kept, keys, told }) {
  if (opening.format !== "treum-audit-export/1") throw new Wrong("this is no export of the event store");
  const chain = { topic: text(opening, "topic"), partition: number(opening, "partition") };
  const first = number(opening, "first", 1), last = number(opening, "last", 1), where = (index) => `${chain.topic}/${chain.partition}/${index}`;
  const previous = hashed(opening, "previous");
  if (first === 1 && hex(previous) !== GENESIS) throw new Wrong(`${where(1)}: a chain begins with nothing before it`);
  const { reached, elsewhere } = await walk(rest, chain, first, last, previous, where, told);
  const closing = rest[last - first + 1];
  if (!closing || rest.length !== last - first + 2) throw new Wrong(`${where(last)}: the export is cut off, or goes on after its proof`);
  const head = closing.head ?? {};
  if (text(opening, "origin") !== text(head, "origin")) throw new Wrong("the export and its head are of different installations");
  const marks = await proved(closing, chain, last, reached, where);
  await anchored(head, closing, kept, keys);
  const ends = number(closing, "leaf") === head.size - 1 ? [...new Map(marks.map((one) => [`${one.topic}/${one.partition}`, one])).values()] : null;
  return { chain, first, last, entries: last - first + 1, previous: hex(previous), hash: hex(reached), head, ends, elsewhere };
}

async function walk(rest, chain, first, last, previous, where, told) {
  let reached = previous, offset = -1, recorded = 0, elsewhere = 0;
  for (let index = first; index <= last; index += 1) {
    const found = rest[index - first] ?? {};
    reached = await link(found, chain, index, reached, where);
    if (hex(hashed(found, "hash")) !== hex(reached)) throw new Wrong(`${where(index)}: its hash does not follow from the entry before`);
    await contained(found, where(index));
    if (found.kind === REPEATED) elsewhere += 1;
    if (found.offset <= offset || found.recorded_us < recorded) throw new Wrong(`${where(index)}: it comes before the entry before it`);
    ({ offset, recorded_us: recorded } = found);
    if (index % 100 === 0) told(index);
  }
  return { reached, elsewhere };
}

async function link(found, chain, index, previous, where) {
  if (found.index !== index) throw new Wrong(`${where(index)}: it is missing`);
  if (number(found, "kind") > TOMBSTONE) throw new Wrong(`${where(index)}: there is no such kind of entry`);
  return linkHash(found, chain, previous);
}

async function contained(found, where) {
  const value = bytesOf(found, "value"), content = hex(hashed(found, "content"));
  if ((found.kind === RECORD) !== (value !== null)) throw new Wrong(`${where}: a record has a value, and nothing else has`);
  if (found.kind !== REPEATED && hex(await sha256(value ?? new Uint8Array())) !== content) throw new Wrong(`${where}: its content is not what was hashed`);
}

async function proved(closing, chain, from, reached, where) {
  let last = from, hash = reached;
  for (const one of closing.links ?? []) { last += 1; hash = await link(one, chain, last, hash, where); }
  const marks = closing.marks ?? [], size = number(closing.head, "size");
  const named = marks.some((one) => one.topic === chain.topic && one.partition === chain.partition && one.length === last && one.hash === hex(hash));
  if (!named) throw new Wrong(`${where(last)}: it is not the entry that was signed`);
  const root = await rootOfInclusion(await leafHash(marks), number(closing, "leaf"), size, (closing.path ?? []).map(unhex));
  if (root === null || hex(root) !== text(closing.head, "root")) throw new Wrong(`${where(last)}: the leaf that covers it is not in the tree of size ${size}`);
  return marks;
}

async function anchored(head, closing, kept, keys) {
  const key = keys.get(head.key_id);
  if (keys.size && !(key && await isSigned(head, key))) throw new Wrong(`the head of size ${head.size} is not signed by a key you trust`);
  if (!kept) return;
  if (kept.origin !== head.origin) throw new Wrong("the head you kept is of another installation");
  if (kept.size > head.size) throw new Wrong(`the export is older than the head you kept: ask for it with size=${kept.size}`);
  const path = (closing.consistency?.path ?? []).map(unhex);
  if (kept.size < head.size && !path.length) throw new Wrong(`the export is newer than the head you kept: ask for it with kept=${kept.size}`);
  if (!await isConsistent(kept, head, path)) throw new Wrong(`the tree of size ${head.size} does not begin with the head of size ${kept.size} you kept`);
}
