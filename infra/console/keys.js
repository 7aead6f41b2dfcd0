// Programs of one's own: applications, and of the chosen one its keys, its requests by hour, its webhook endpoints.

import { $, draw, make, number, tag } from "/dom.js";
import { acting, follow, people, settle, submits } from "/frame.js";
import { Endpoints } from "/keys-endpoints.js";
import { Issued } from "/keys-issued.js";
import { Log } from "/keys-log.js";
import { Usage } from "/keys-usage.js";
import { application } from "/keys-words.js";
import { day } from "/money-words.js";

class Keys {
  constructor(session) {
    $("applications-count").textContent = "reading…";
    Object.assign(this, { session, chosen: null, act: acting(() => this.look()) });
    this.log = new Log(this);
    this.parts = [new Issued(this), new Usage(this), new Endpoints(this), this.log];
    submits("register", () => this.act(() => this.register()));
    $("application-switch").addEventListener("click", () => this.act(() => this.turn()));
  }

  async look() {
    const { items } = await this.session.get("/partners/applications");
    this.chosen = items.find((one) => one.id === this.chosen?.id) ?? items[0] ?? null;
    $("applications-empty").hidden = items.length > 0;
    $("applications-count").textContent = items.length ? number(items.length) : "";
    draw($("applications"), [items, this.chosen?.id], () => items.map((one) => make("li", {}, make("button", { type: "button", "data-application": one.id, "aria-current": String(one.id === this.chosen.id), onclick: () => this.act(() => this.choose(one)) },
      make("b", {}, one.name), make("span", { class: "state" }, application(one)[0]), make("small", {}, `since ${day(one.created_at)}`)))));
    for (const each of document.querySelectorAll(".chosen")) each.hidden = !this.chosen;
    if (!this.chosen) return;
    $("application-state").replaceChildren(make("b", {}, this.chosen.name), " ", tag(application(this.chosen)));
    $("application-switch").textContent = this.chosen.active ? "Disable" : "Enable";
    $("application-switch").hidden = this.chosen.suspended;
    await Promise.all(this.parts.map((part) => part.look(this.chosen)));
  }

  choose(one) {
    this.chosen = one;
    this.log.of(null);
  }

  async register() {
    const contact = $("register-contact").value.trim();
    this.choose(await this.session.post("/partners/applications", { name: $("register-name").value.trim(), ...(contact ? { contact } : {}) }));
    $("register").reset();
  }

  turn() { return this.session.patch(`/partners/applications/${this.chosen.id}`, { active: !this.chosen.active }); }
}

settle();
people(async (session) => {
  await new Keys(session).look();
  follow();
});
