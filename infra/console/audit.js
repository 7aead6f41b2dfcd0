// The audit chain: where the store stands, the newest entries of a chain, an entry's proof, and how forging fails.

import { Blocks } from "/audit-blocks.js";
import { forge } from "/audit-forge.js";
import { stepsOf } from "/audit-steps.js";
import { checkStore } from "/audit-store.js";
import { $, make, number, short } from "/dom.js";
import { people, settle, trouble } from "/frame.js";

const LOOK_MS = 5000, KEPT = "treum-audit-head";
const moment = (at) => new Date(at).toISOString().slice(0, 19).replace("T", " ");
const sign = { true: "✓", false: "✗", null: "·" };

class Audit {
  constructor(session) {
    this.session = session;
    this.blocks = new Blocks(session, (id) => this.prove(id).catch(trouble));
    $("check-all").addEventListener("click", () => this.checkAll().catch(trouble));
    $("spoil").addEventListener("click", () => this.spoil().catch(trouble));
    $("restore").addEventListener("click", () => { $("spoiled").textContent = "As it was."; this.show(this.proof, this.keys).catch(trouble); });
  }

  async open() {
    const { items } = await this.session.get("/audit/keys");
    this.keys = new Map(items.map((one) => [one.key_id, one.public_key]));
    await this.look();
    setInterval(() => this.again(), LOOK_MS);
  }

  async look() {
    const standing = await this.session.get("/audit/status");
    this.standing(standing);
    if (standing.head && standing.head.size !== this.size) {
      await this.blocks.refresh(); // also when the page was here before the first head
      this.size = standing.head.size;
    }
    this.checked(standing);
  }

  // A trouble of looking is gone with the next look; another's stays until its reader acts.
  async again() {
    try {
      await this.look();
      if (this.lost) trouble(null);
      this.lost = false;
    } catch (error) {
      this.lost = true;
      trouble(error);
    }
  }

  standing({ head, counts, entries, covered, conflicts, verification }) {
    const figure = (name, told, kind = "") => make("div", {}, make("dt", {}, name), make("dd", { class: kind }, told));
    const age = head ? Math.max(0, Math.round((Date.now() - head.at_us / 1000) / 1000)) : null;
    const wrong = verification?.differences.length ?? 0;
    $("headline").replaceChildren(
      figure("entries", number(entries)), figure("under the signed head", number(covered), entries === covered ? "good" : ""), figure("waiting for the next head", number(entries - covered)),
      figure("tree", head ? `${number(head.size)} ${head.size === 1 ? "leaf" : "leaves"}` : "none yet"),
      figure("contradicting records", number(conflicts), conflicts ? "bad" : "good"), figure("found by the last check", verification ? (wrong ? number(wrong) : "nothing") : "–", wrong ? "bad" : "good"));
    $("signed").replaceChildren(...head ? [["newest root", head.root], ["signed", `${moment(head.at_us / 1000)} UTC, by ${head.key_id} of ${head.origin}`]].flatMap(([name, told]) => [make("dt", {}, name), make("dd", {}, make("code", {}, told))]) : []);
    $("fresh").dataset.state = head ? "live" : "wait";
    $("fresh").textContent = head ? `signed ${age < 120 ? `${age} s` : `${Math.round(age / 60)} min`} ago` : "no head signed yet";
    const most = Math.max(1, ...Object.values(counts)), topics = Object.entries(counts).sort(([, a], [, b]) => b - a);
    $("topics").replaceChildren(...topics.map(([name, many]) => make("li", {}, make("span", {}, name), make("b", {}, number(many)), make("progress", { max: most, value: many, "aria-label": `${name}: ${many} entries` }))));
    $("topics-empty").hidden = topics.length > 0;
    $("topics-empty").textContent = "Nothing is stored yet.";
    $("covered").textContent = entries ? `${number(covered)} covered, ${number(entries - covered)} not yet` : "";
    $("check-all").disabled = !head || this.checking;
  }

  checked({ verification, last_difference: difference }) {
    const told = verification ? `${moment(verification.ended_at)} UTC: ${number(verification.checked)} entries recomputed${verification.number ? ` up to tree ${number(verification.number)}` : " before the first head"}, ${verification.differences.length ? `${number(verification.differences.length)} differ` : "all as stored and signed"}.` : "It has not run yet; it runs every five minutes.";
    const found = difference?.differences[0];
    $("last-check").replaceChildren(told, ...(found ? [make("span", { class: "down" }, ` Last difference ${moment(difference.ended_at)}: ${found.what} (${found.where}).`)] : []));
  }

  async checkAll() {
    const progress = $("all-progress"), verdict = $("all-verdict"), began = performance.now();
    this.checking = $("check-all").disabled = true;
    progress.hidden = false;
    verdict.className = "verdict";
    try {
      const found = await checkStore(this.session, this.keys, (done, all) => {
        progress.max = Math.max(1, all);
        progress.value = done;
        verdict.textContent = `Checking ${number(done)} of ${number(all)} entries…`;
      });
      verdict.classList.add("good");
      verdict.textContent = `✓ Everything holds: ${number(found.entries)} entries in ${number(found.chains)} chains, whole, up to the signed root of size ${number(found.head.size)}, in ${((performance.now() - began) / 1000).toFixed(1)} s`;
    } catch (error) {
      verdict.classList.add("bad");
      verdict.textContent = `✗ ${error.message}`;
    } finally {
      this.checking = $("check-all").disabled = false;
    }
  }

  async prove(id) {
    trouble(null);
    $("proof-verdict").className = "verdict";
    $("proof-verdict").textContent = "Reading the proof…";
    const proof = await this.session.get(`/audit/proofs/${id}`);
    this.kept = await this.before(proof.head);
    this.proof = proof;
    $("spoil").disabled = false;
    $("spoiled").textContent = "";
    if (await this.show(proof, this.keys)) this.keep(proof.head);
    this.offline(proof);
  }

  // The head that this browser kept, with the path that joins it to `head`.
  async before(head) {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "null");
    if (!kept || kept.head.origin !== head.origin) return null;
    const sizes = [kept.head.size, head.size].sort((a, b) => a - b);
    if (sizes[0] === sizes[1]) return { ...kept, path: [] };
    try {
      const { path } = await this.session.get(`/audit/consistency?first=${sizes[0]}&second=${sizes[1]}`);
      return { ...kept, path };
    } catch (error) {
      if (error.status !== 404) throw error;
      return { ...kept, path: [] }; // no such checkpoint any more: the step that compares will say so
    }
  }

  keep(head) {
    if (this.kept) return;
    const kept = { head, on: `${moment(Date.now())} UTC` };
    localStorage.setItem(KEPT, JSON.stringify(kept));
    this.kept = { ...kept, path: [] }; // from now on it judges what is forged
  }

  async show(proof, keys, at = null) {
    const steps = await stepsOf(proof, { keys, kept: this.kept }), broken = steps.findIndex((one) => one.good === false);
    const passed = steps.filter((one) => one.good).length, forged = proof !== this.proof;
    $("proof-title").textContent = `Proof of ${proof.topic}/${proof.partition}/${proof.entry.index}`;
    $("proof-verdict").className = `verdict ${broken < 0 ? "good" : "bad"}`;
    $("proof-verdict").textContent = broken >= 0 ? `✗ It breaks at step ${broken + 1}` : `✓ Proved in this browser: ${passed} steps hold`;
    $("proof-steps").replaceChildren(...steps.map(({ what, shown, good }) => make("li", { class: good === null ? "" : good ? "good" : "bad" },
      make("b", { class: "sign", "aria-label": good === null ? "nothing to judge" : good ? "holds" : "fails" }, sign[good]), make("span", {}, what), make("code", {}, shown))));
    const text = proof.entry.value?.text ?? proof.entry.value?.base64 ?? "It has no value here.";
    $("value").replaceChildren(...at === null ? [text] : [text.slice(0, at), make("mark", {}, text[at]), text.slice(at + 1)]);
    $("value").querySelector("mark")?.scrollIntoView({ block: "nearest" });
    $("restore").hidden = !forged;
    this.blocks.broken(forged ? proof.entry.index : null);
    return broken < 0;
  }

  async spoil() {
    const { proof, keys, told, at } = await forge(this.proof, this.keys, $("spoil-what").value);
    $("spoiled").textContent = told;
    await this.show(proof, keys, at);
  }

  offline({ topic, partition, head }) {
    const api = `${location.origin}/api/v1/audit`;
    $("offline").textContent = [
      `curl -H "Authorization: Bearer $TOKEN" '${api}/checkpoints?limit=1' > head.json    # keep it: size ${head.size}, root ${short(head.root, 12)}`, `curl '${api}/keys' > keys.json`,
      `curl -H "Authorization: Bearer $TOKEN" '${api}/export?topic=${topic}&partition=${partition}&kept=${head.size}' > export.jsonl`, "PYTHONPATH=clients/python python -m treum_audit export.jsonl --head head.json --keys keys.json",
    ].join("\n");
  }
}

settle();
people((session) => new Audit(session).open(), { role: "auditor" });
