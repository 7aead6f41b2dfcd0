// Checks the whole store in this browser: every chain from its first entry to its end, in one signed tree.

import { verifyExport } from "/clients/javascript/treum-audit.js";

const PAGE = 1000;

// Returns {entries, chains, head}; throws what does not hold. `told` hears how many entries are done of how many.
export async function checkStore(session, keys, told) {
  const { items: [newest] } = await session.get("/audit/checkpoints?limit=1");
  if (!newest) throw new Error("no head is signed yet");
  const ends = await endsOf(session, newest), all = ends.reduce((sum, one) => sum + one.length, 0);
  let entries = 0;
  for (const end of ends) {
    await checkChain(session, end, newest, keys, (done) => told(entries + done, all));
    entries += end.length;
    told(entries, all);
  }
  return { entries, chains: ends.length, head: newest };
}

// Where every chain ended; the leaf that says so is itself proved by each export that reaches an end.
async function endsOf(session, { marks }) {
  return [...new Map(marks.map((one) => [`${one.topic}/${one.partition}`, one])).values()];
}

async function checkChain(session, end, head, keys, told) {
  let after = 0, before = "0".repeat(64);
  while (after < end.length) {
    const query = new URLSearchParams({ topic: end.topic, partition: end.partition, after, limit: PAGE, size: head.size });
    const answer = await session.send("GET", `/audit/export?${query}`);
    if (!answer.ok) throw new Error(`The server answered ${answer.status} for ${end.topic}/${end.partition} after ${after}`);
    const found = await verifyExport(await answer.text(), { kept: head, keys, told });
    if (found.chain.topic !== end.topic || found.chain.partition !== end.partition) throw new Error(`${end.topic}/${end.partition}: the export is of another chain`);
    if (found.first !== after + 1 || found.previous !== before) throw new Error(`${end.topic}/${end.partition}/${after + 1}: it does not follow from the export before it`);
    ({ last: after, hash: before } = found);
  }
  if (before !== end.hash) throw new Error(`${end.topic}/${end.partition}/${end.length}: it is not the end that was signed`);
}
