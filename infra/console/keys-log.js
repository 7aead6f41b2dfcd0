// Deliveries of one endpoint, the newest first: their state, each attempt, and sending again.

import { $, draw, make, tag } from "/dom.js";
import { trouble } from "/frame.js";
import { DELIVERY, ending } from "/keys-words.js";
import { time } from "/money-words.js";

const LIMIT = 20, MOST = 100, SOON_MS = 2000, LOOKS = 15; // while something waits, for half a minute after an act

export class Log {
  constructor(keys) {
    Object.assign(this, { keys, endpoint: null, limit: LIMIT, left: 0 });
    $("log-state").addEventListener("change", () => keys.act(() => {}));
    $("log-more").addEventListener("click", () => keys.act(() => { this.limit = MOST; }));
  }

  // Turns to the deliveries of `endpoint`; null: to none.
  of(endpoint) {
    Object.assign(this, { endpoint, limit: LIMIT, left: LOOKS });
    $("log").hidden = !endpoint;
    $("log-of").textContent = endpoint?.url ?? "";
  }

  async look() {
    clearTimeout(this.timer);
    if (!this.endpoint) return;
    const state = $("log-state").value, { items, next_cursor: more } = await this.keys.session.get(`/partners/endpoints/${this.endpoint.id}/deliveries?limit=${this.limit}${state ? `&state=${state}` : ""}`);
    $("log-empty").hidden = items.length > 0;
    $("log-more").hidden = !more || this.limit === MOST;
    draw($("deliveries"), items, () => items.map((one) => this.line(one)));
    if (items.some((one) => one.state === "pending") && this.left > 0) {
      this.left -= 1;
      this.timer = setTimeout(() => this.keys.look().catch(trouble), SOON_MS);
    }
  }

  line(one) {
    const next = one.state === "pending" && one.due_at ? `next try ${time(one.due_at)}` : "";
    return make("li", { "data-delivery": one.id },
      make("span", {}, make("b", {}, one.type), " ", tag(DELIVERY[one.state])),
      make("span", { class: "acts" }, ...(one.state === "pending" ? [] : [make("button", { type: "button", class: "quiet small", onclick: () => this.keys.act(() => this.again(one)) }, "Send again")])),
      make("small", {}, [time(one.created_at), `${one.tried} ${one.tried === 1 ? "try" : "tries"}`, one.tried ? ending(one) : "", next].filter(Boolean).join(" · ")),
      this.whole(one));
  }

  // The body and each attempt, read when they are looked at.
  whole(one) {
    const details = make("details", {}, make("summary", {}, "What was sent, and each try"));
    details.addEventListener("toggle", async () => {
      if (!details.open || details.children.length > 1) return;
      try {
        const { attempts, body } = await this.keys.session.get(`/partners/deliveries/${one.id}`);
        details.append(make("ol", { class: "caveats" }, ...attempts.map((each) => make("li", {}, `${time(each.started_at)}: ${ending(each)}${each.took_ms === null ? "" : `, ${each.took_ms} ms`}${each.excerpt ? `: ${each.excerpt}` : ""}`))), make("pre", { tabindex: "0" }, body));
      } catch (error) {
        trouble(error);
      }
    });
    return details;
  }

  async again(one) {
    await this.keys.session.post(`/partners/endpoints/${one.endpoint_id}/replays`, { delivery_id: one.id }, { "Idempotency-Key": crypto.randomUUID() });
    this.left = LOOKS;
  }
}
