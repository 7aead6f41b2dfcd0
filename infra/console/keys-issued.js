// API keys of the chosen application: made and rotated after a step-up, shown once, ended at once.

import { ask } from "/ask.js";
import { $, draw, make, tag } from "/dom.js";
import { submits } from "/frame.js";
import { SCOPES, key } from "/keys-words.js";
import { day, time } from "/money-words.js";
import { once } from "/once.js";
import { proven } from "/step-up.js";

const OVERLAP_H = "24", HOURS = "[0-9]|[1-9][0-9]|1[0-5][0-9]|16[0-8]"; // a week at most

export class Issued {
  constructor(keys) {
    this.keys = keys;
    $("issue-scopes").replaceChildren(...Object.entries(SCOPES).map(([name, words]) => make("label", { class: "check" }, make("input", { type: "checkbox", value: name }), words)));
    submits("issue", () => keys.act(() => this.issue()));
  }

  get path() { return `/partners/applications/${this.keys.chosen.id}/keys`; }

  async look() {
    const { items } = await this.keys.session.get(this.path);
    $("keys-empty").hidden = items.length > 0;
    draw($("issued"), [this.keys.chosen.id, items], () => items.map((one) => this.line(one)));
  }

  line(one) {
    const act = (words, doing) => make("button", { type: "button", class: "quiet small", onclick: () => this.keys.act(doing) }, words);
    const told = [one.scopes.map((each) => SCOPES[each]).join(", "), one.networks.length ? `from ${one.networks.join(", ")}` : "from everywhere",
      one.revoked_at ? `ended ${time(one.revoked_at)}` : `until ${one.replaced_by ? time(one.expires_at) : day(one.expires_at)}`];
    return make("li", { "data-key": one.id },
      make("span", {}, make("b", {}, one.name), " ", make("code", {}, `tk_${one.prefix}_…`), " ", tag(key(one))),
      make("span", { class: "acts" }, ...(one.live && !one.replaced_by ? [act("Rotate…", () => this.rotate(one))] : []), ...(one.live ? [act("End", () => this.keys.session.delete(`${this.path}/${one.id}`))] : [])),
      make("small", {}, told.join(" · ")));
  }

  async issue() {
    const scopes = [...$("issue-scopes").querySelectorAll(":checked")].map((one) => one.value);
    if (!scopes.length) throw new Error("Choose what the key may read");
    const networks = $("issue-networks").value.split(/[\s,;]+/).filter(Boolean);
    const body = { name: $("issue-name").value.trim(), scopes, networks, expires_in_days: $("issue-days").valueAsNumber };
    const made = await proven(this.keys.session, () => this.keys.session.post(this.path, body));
    if (!made) return;
    $("issue").reset();
    await this.show(made, "Your new key");
  }

  // Asks for the hours first and proves afterwards: one dialog at a time.
  async rotate(one) {
    const hours = await ask({ title: `A successor of ${one.name}`, told: "It may do the same. The old key stays good beside it for as long as you say, so that nothing stops.", label: "Hours beside each other, up to 168", go: "Go on", pattern: HOURS, value: OVERLAP_H, act: async (words) => words });
    if (hours === null) return;
    const made = await proven(this.keys.session, () => this.keys.session.post(`${this.path}/${one.id}/rotation`, { overlap_hours: Number(hours) }));
    if (made) await this.show(made, "The successor");
  }

  show(made, title) { return once({ title, told: `${made.name}: send it as Authorization: Bearer or X-Api-Key. It is not shown again.`, secret: made.key }); }
}
