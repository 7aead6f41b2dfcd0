// Privacy: a copy of all that is held about a person, its end after 48 hours, and what is held by whom.

import { ask } from "/ask.js";
import { $, facts, make, number } from "/dom.js";
import { acting, people, settle, trouble } from "/frame.js";
import { time } from "/money-words.js";
import { DOMAIN, ERASURE, EXPORT, PLAN, SHARED } from "/privacy-words.js";
import { proven } from "/step-up.js";
import { inTab } from "/tab.js";

const SOON_MS = 2000, OPEN = ["waiting", "held"], MOVES = ["erasing", "closing"];

// What is shown of an erasure's plan: of each part, what goes, what stays and why.
function held(plan) {
  $("held").replaceChildren(...plan.map((one) => make("li", { class: "plan", "data-domain": one.domain },
    make("b", {}, DOMAIN[one.domain] ?? one.domain), make("span", {}, `Goes: ${one.erased}.`),
    one.kept ? make("small", {}, `Stays: ${one.kept}. ${one.why}.`) : null)));
}

class Privacy {
  constructor(session) {
    Object.assign(this, { session, act: acting(() => this.look()) });
    $("export-ask").addEventListener("click", () => this.act(() => this.order("exports")));
    $("export-fetch").addEventListener("click", () => this.act(() => inTab(async () => (await session.get(`/privacy/exports/${this.copy.id}`)).download)));
    $("erasure-ask").addEventListener("click", () => this.act(() => this.leave()));
    $("erasure-cancel").addEventListener("click", () => this.act(() => session.delete(`/privacy/erasures/${this.erasure.id}`)));
  }

  async look() {
    clearTimeout(this.timer);
    const { export: copy, erasure } = await this.session.get("/privacy");
    Object.assign(this, { copy, erasure });
    this.exported(copy);
    this.erased(erasure);
    if (copy?.state === "collecting" || MOVES.includes(erasure?.state)) this.timer = setTimeout(() => this.look().catch(trouble), SOON_MS);
  }

  exported(one) {
    $("export-state").textContent = one ? EXPORT[one.state] : "You have not asked for one.";
    facts("export-facts", one ? [
      ["Asked for", time(one.requested_at)],
      ...(one.missing.length ? [["Still to come", one.missing.map((each) => DOMAIN[each] ?? each).join(", ")]] : []),
      ...(one.late_since ? [["Late since", `${time(one.late_since)}: somebody here was told`]] : []),
      ...(one.state === "ready" ? [["Kept until", time(one.expires_at)], ["Size", `${number(one.size)} bytes`], ["SHA-256", make("code", {}, one.sha256)]] : []),
    ] : []);
    $("export-ask").hidden = one?.state === "collecting";
    $("export-fetch").hidden = one?.state !== "ready";
  }

  erased(one) {
    const open = OPEN.includes(one?.state), moves = MOVES.includes(one?.state);
    $("erasure-state").textContent = one ? ERASURE[one.state] : "You have not asked for it.";
    facts("erasure-facts", one ? [
      ["Asked for", time(one.requested_at)],
      ...(open ? [["Happens at", time(one.due_at)]] : []),
      ...(one.ended_at ? [["Ended", time(one.ended_at)]] : []),
      ...(one.erased.length ? [["Erased so far", one.erased.map((each) => DOMAIN[each] ?? each).join(", ")]] : []),
      ...(one.note ? [["Note", one.note]] : []),
    ] : []);
    $("erasure-ask").hidden = open || moves;
    $("erasure-cancel").hidden = !open;
    held(open || moves ? one.plan : PLAN);
  }

  // One key an order: what a step-up interrupted is the same order when it is sent again.
  order(what) {
    const key = crypto.randomUUID();
    return proven(this.session, () => this.session.post(`/privacy/${what}`, undefined, { "Idempotency-Key": key }));
  }

  async leave() {
    const sure = await ask({ title: "Be erased?", told: "In 48 hours your account and your data are gone, and nobody can bring them back. Below stands what a law makes us keep.", label: "Write ERASE", go: "Go on", pattern: "ERASE", act: async () => true });
    if (sure) await this.order("erasures");
  }
}

settle();
held(PLAN);
$("shared").replaceChildren(...SHARED.map(([who, what]) => make("li", {}, `${who}: ${what}`)));
people((session) => new Privacy(session).look());
