// Webhook endpoints of the chosen application: added, tried, disabled, with their signing secret shown once.

import { ask } from "/ask.js";
import { $, draw, make, tag } from "/dom.js";
import { submits } from "/frame.js";
import { TYPES, endpoint } from "/keys-words.js";
import { time } from "/money-words.js";
import { once } from "/once.js";

const OVERLAP_H = "24", HOURS = "[0-9]|[1-9][0-9]|1[0-5][0-9]|16[0-8]";
const SIGNED = "Verify each message with it, by a library of Standard Webhooks. It is not shown again.";

export class Endpoints {
  constructor(keys) {
    this.keys = keys;
    $("hook-types").replaceChildren(...Object.entries(TYPES).map(([name, words]) => make("label", { class: "check" }, make("input", { type: "checkbox", value: name }), words)));
    submits("hook", () => keys.act(() => this.add()));
  }

  async look(application) {
    const { items } = await this.keys.session.get(`/partners/applications/${application.id}/endpoints`);
    $("endpoints-empty").hidden = items.length > 0;
    draw($("hooks"), items, () => items.map((one) => this.line(one)));
  }

  line(one) {
    const { session, log } = this.keys, path = `/partners/endpoints/${one.id}`;
    const act = (words, doing) => make("button", { type: "button", class: "quiet small", onclick: () => this.keys.act(doing) }, words);
    const told = [`told when ${one.types.map((each) => TYPES[each]).join(", ")}`, one.failing_since ? `failing since ${time(one.failing_since)}` : "", one.previous_secret_until ? `signed with two secrets until ${time(one.previous_secret_until)}` : ""];
    return make("li", { "data-endpoint": one.id },
      make("span", {}, make("b", { class: "url" }, one.url), " ", tag(endpoint(one))),
      make("span", { class: "acts" },
        ...(one.active ? [act("Send a test", async () => { await session.post(`${path}/tests`); log.of(one); })] : []),
        act("Deliveries", () => log.of(one)),
        ...(one.active ? [act("Send again what failed", () => this.again(one))] : []),
        act("New secret…", () => this.rotate(one)),
        act(one.active ? "Disable" : "Enable", () => session.patch(path, { active: !one.active })),
        act("Remove…", () => this.remove(one))),
      make("small", {}, told.filter(Boolean).join(" · ")));
  }

  async add() {
    const types = [...$("hook-types").querySelectorAll(":checked")].map((one) => one.value);
    if (!types.length) throw new Error("Choose what the endpoint is told");
    const made = await this.keys.session.post(`/partners/applications/${this.keys.chosen.id}/endpoints`, { url: $("hook-url").value.trim(), types });
    $("hook").reset();
    await once({ title: "The signing secret", told: SIGNED, secret: made.secret });
  }

  async rotate(one) {
    const made = await ask({
      title: "A new signing secret", told: "Messages are signed with both for as long as you say, so that your receiver can change over.", label: "Hours with both, up to 168", go: "Make it", pattern: HOURS, value: OVERLAP_H,
      act: (words) => this.keys.session.post(`/partners/endpoints/${one.id}/secret`, { overlap_hours: Number(words) }),
    });
    if (made) await once({ title: "The new signing secret", told: SIGNED, secret: made.secret });
  }

  // All that failed and is still in the log.
  async again(one) {
    await this.keys.session.post(`/partners/endpoints/${one.id}/replays`, { failed_since: one.created_at }, { "Idempotency-Key": crypto.randomUUID() });
    this.keys.log.of(one);
  }

  async remove(one) {
    const sure = await ask({ title: "Remove this endpoint?", told: `${one.url} and the log of what was sent there are gone for ever.`, label: "Write REMOVE", go: "Remove it", pattern: "REMOVE", act: async () => { await this.keys.session.delete(`/partners/endpoints/${one.id}`); return true; } });
    if (sure) this.keys.log.of(null);
  }
}
