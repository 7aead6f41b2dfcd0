// The newest entries of a chain as blocks, each naming the hash of the one before; those no head covers yet wait.

import { $, make, number } from "/dom.js";

const SHOWN = 8, WAITING = 2, ASKED = 50, TAGS = { 0: "record", 1: "repeated", 2: "tombstone" };
const head = (text) => `${text.slice(0, 10)}…`;
const time = (us) => new Date(us / 1000).toISOString().slice(11, 23);

export class Blocks {
  constructor(session, onpick) {
    Object.assign(this, { session, onpick, picked: null });
    $("chain").addEventListener("change", () => this.show().catch((error) => { $("blocks-empty").textContent = error.message; }));
  }

  // Shows what is new; what was picked stays picked.
  async refresh() {
    await this.chains();
    await this.show({ pick: this.picked === null });
    $("chain").disabled = false;
  }

  // The chains of the newest head; at first the one of the newest covered entry is shown.
  async chains() {
    const { items: [newest] } = await this.session.get("/audit/checkpoints?limit=1");
    if (!newest) return;
    this.ends = new Map(newest.marks.map((one) => [`${one.topic}/${one.partition}`, one])); // the last mark of a chain is its end
    const before = $("chain").value;
    $("chain").replaceChildren(...[...this.ends].map(([name, one]) => make("option", { value: name }, `${name} (${number(one.length)})`)));
    $("chain").value = this.ends.has(before) ? before : await this.latest();
  }

  async latest() {
    const { items } = await this.session.get(`/audit/entries?limit=${ASKED}`);
    const covered = items.find((one) => this.ends.get(`${one.topic}/${one.partition}`)?.length >= one.index);
    return covered ? `${covered.topic}/${covered.partition}` : [...this.ends.keys()][0];
  }

  async show({ pick = true } = {}) {
    const end = this.ends?.get($("chain").value);
    $("blocks-empty").hidden = Boolean(end);
    if (!end) return;
    const after = Math.max(0, end.length - SHOWN), query = new URLSearchParams({ topic: end.topic, partition: end.partition, after, limit: SHOWN });
    const answer = await this.session.send("GET", `/audit/export?${query}`), lines = (await answer.text()).split("\n").filter(Boolean).map((line) => JSON.parse(line));
    const recent = await this.session.get(`/audit/entries?topic=${end.topic}&limit=${ASKED}`);
    const mine = recent.items.filter((one) => one.partition === end.partition);
    const ids = new Map(mine.map((one) => [one.index, one])), { previous } = lines[0];
    const covered = lines.slice(1, -1), waiting = mine.filter((one) => one.index > end.length).reverse(), more = waiting.length - WAITING;
    $("blocks").replaceChildren(...covered.map((one, at) => this.block(one, at ? covered[at - 1].hash : previous, ids)), ...waiting.slice(0, WAITING).map((one) => this.waits(one)), ...(more > 0 ? [make("li", { class: "waiting more" }, make("small", {}, `${more} more`))] : []));
    $("blocks").scrollLeft = $("blocks").scrollWidth;
    const last = covered.at(-1);
    if (pick && last) this.pick(last, ids);
  }

  block(one, previous, ids) {
    const event = read(one);
    const button = make("button", { type: "button", "aria-pressed": String(one.index === this.picked), "data-index": one.index, "aria-label": `Entry ${one.index}: ${event.type ?? TAGS[one.kind]}. Prove it`, onclick: () => this.pick(one, ids) },
      make("small", {}, `${number(one.index)} · ${time(one.recorded_us)}`), make("b", { title: event.type ?? "" }, event.type ?? TAGS[one.kind]), make("code", {}, `before ${head(previous)}`), make("code", {}, `hash ${head(one.hash)}`));
    return make("li", {}, button);
  }

  waits(one) {
    const words = make("button", { type: "button", disabled: "", "aria-label": `Entry ${one.index}: ${one.type}, under no signed head yet` }, make("small", {}, `${number(one.index)} · waits`), make("b", {}, one.type ?? one.kind), make("code", {}, `hash ${head(one.hash)}`));
    return make("li", { class: "waiting" }, words);
  }

  pick(one, ids) {
    this.picked = one.index;
    for (const each of $("blocks").querySelectorAll("button[data-index]")) each.setAttribute("aria-pressed", String(each.dataset.index === String(one.index)));
    this.onpick(ids.get(one.index)?.id ?? read(one).id);
  }

  broken(index) {
    for (const each of $("blocks").querySelectorAll("button[data-index]")) each.parentElement.classList.toggle("broken", each.dataset.index === String(index));
  }
}

// The event of an entry; {} where it is none, or where an earlier entry holds it.
function read(one) {
  try { return JSON.parse(one.value?.text ?? "{}"); } catch { return {}; }
}
