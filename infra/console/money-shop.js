// What is for sale, what it costs with its taxes, and paying on the gateway's page or from the wallet.

import { $, make } from "/dom.js";
import { trouble } from "/frame.js";
import { rupees } from "/money-words.js";
import { STATES } from "/states.js";
import { stepUp } from "/step-up.js";

const EARLY_MS = 30_000, TERMS = { month: "a month", year: "a year" };

export class Shop {
  constructor(session, onbought) {
    Object.assign(this, { session, onbought, order: null, wallet: 0, provenUntil: 0, titles: new Map() });
    $("buyer-state").replaceChildren(...Object.entries(STATES).sort((a, b) => a[1].localeCompare(b[1])).map(([code, name]) => make("option", { value: code }, name)));
    $("profile").addEventListener("submit", (event) => { event.preventDefault(); this.keep().catch(trouble); });
    $("fill").addEventListener("click", () => { if ($("top-up").reportValidity()) this.choose({ top_up: Math.round($("top-up").valueAsNumber * 100) }, null).catch(trouble); });
    $("buy").addEventListener("click", () => this.buy());
    $("from-wallet").addEventListener("click", () => this.spend());
  }

  async open() {
    const [plans, courses, factor] = await Promise.all(["/plans", "/offers", "/auth/2fa"].map((path) => this.session.get(path)));
    this.app = factor.enabled;
    this.titles = new Map([...plans.items, ...courses.items].map((one) => [one.sku, one.title]));
    $("plans").replaceChildren(...plans.items.map((one) => this.ware(one, `${TERMS[one.interval]}${one.trial_days ? `, first ${one.trial_days} days free` : ""}`)));
    $("courses").replaceChildren(...courses.items.map((one) => this.ware(one, "once, yours to keep")));
    await this.profile();
  }

  ware(one, terms) {
    const button = make("button", { type: "button", "aria-pressed": "false", "data-sku": one.sku, onclick: () => this.choose({ sku: one.sku }, button).catch(trouble) },
      make("span", {}, one.title), make("b", {}, rupees(one.price.amount)), make("small", {}, terms));
    return make("li", {}, button);
  }

  async profile() {
    let found = { name: this.session.me.display_name ?? "", email: this.session.me.email, state: "KA", gstin: null, address: null };
    try {
      found = await this.session.get("/billing/profile");
      $("profile-state").textContent = "kept";
    } catch (error) {
      if (error.status !== 404) throw error;
      $("profile-state").textContent = "please check and keep";
    }
    $("buyer-name").value = found.name;
    $("buyer-email").value = found.email;
    $("buyer-state").value = found.state;
    $("buyer-gstin").value = found.gstin ?? "";
    $("buyer-address").value = found.address ?? "";
    $("profile-fields").disabled = false;
  }

  async keep() {
    trouble(null);
    const body = { name: $("buyer-name").value, email: $("buyer-email").value, state: $("buyer-state").value, gstin: $("buyer-gstin").value || null, address: $("buyer-address").value.trim() || null };
    await this.session.put("/billing/profile", body);
    $("profile-state").textContent = "kept";
    if (this.order) await this.quote();
  }

  async choose(order, button) {
    this.order = order;
    for (const each of document.querySelectorAll(".wares button")) each.setAttribute("aria-pressed", String(each === button));
    if ($("profile-state").textContent !== "kept") await this.keep();
    else await this.quote();
  }

  // A new choice is a new intention: its key is kept until it is answered, so that a second click is the same purchase.
  async quote() {
    trouble(null);
    const found = await this.session.post("/quotes", this.order), { price } = found;
    this.key = crypto.randomUUID();
    this.quoted = found;
    $("quote-empty").hidden = true;
    $("quote").hidden = false;
    $("opened").textContent = "";
    $("quote-name").textContent = found.title;
    const line = (name, amount, kind = "") => [make("dt", { class: kind }, name), make("dd", { class: kind }, rupees(amount))];
    $("bill").replaceChildren(...line("Net", price.net.amount), ...[["CGST 9 %", "cgst"], ["SGST 9 %", "sgst"], ["IGST 18 %", "igst"]].filter(([, kind]) => price[kind].amount).flatMap(([name, kind]) => line(name, price[kind].amount)), ...line("You pay", price.gross.amount, "total"));
    $("quote-notes").replaceChildren(...this.notes(found).map((one) => make("li", {}, one)));
    $("buy").disabled = found.owned || !found.within_cap || !found.within_limit || (found.step_up > 1 && !this.app);
    $("buy").textContent = found.trial_days ? "Begin on the hosted page" : `Pay ${rupees(price.gross.amount)} on the hosted page`;
    this.offerWallet();
  }

  notes(found) {
    const place = STATES[found.state], same = found.price.cgst.amount > 0;
    return [
      found.purpose === "top_up" ? "Money into a wallet is no supply: it bears no tax until it is spent." : `Place of supply ${place}: ${same ? "central and state tax" : "integrated tax"}.`,
      ...found.trial_days ? [`Nothing is charged for ${found.trial_days} days.`] : [],
      ...found.step_up === 1 ? ["Above ₹5,000 we ask for a code first."] : found.step_up > 1 ? [this.app ? "Above ₹50,000 we ask for a code of your authenticator app first." : "Above ₹50,000 this asks for an authenticator app: set one up on the page of your account."] : [],
      ...found.kyc === "local_grant" ? ["Research service: this machine vouches for your identity check."] : found.kyc === "awaited" ? ["Research service: your identity check comes first."] : [],
      ...found.cap_left ? [`The yearly cap on research fees leaves ${rupees(found.cap_left.amount)} net.`] : [],
      ...found.limit_left && !found.within_limit ? [`Your verification leaves ${rupees(found.limit_left.amount)} until 31 March, and this counts as ${rupees(found.counts.amount)}: a higher tier makes room.`] : [],
      ...found.owned ? ["You have this already."] : [],
    ];
  }

  // How much the wallet holds: a course that it covers can be paid from it.
  has(paise) {
    this.wallet = paise;
    this.offerWallet();
  }

  offerWallet() {
    const one = this.quoted;
    $("from-wallet").hidden = !(one?.purpose === "course" && !one.owned && this.wallet >= one.price.gross.amount);
  }

  // The tab opens with the click, as browsers want it, and gets its address when the page is there.
  async buy() {
    if (!await this.proven()) return; // asked before the tab opens and covers the question
    const tab = window.open("", "_blank");
    if (tab) tab.opener = null;
    const opened = await this.once(() => this.session.post("/checkouts", this.order, { "Idempotency-Key": this.key }));
    if (!opened) { tab?.close(); return; }
    if (tab) tab.location = opened.address;
    $("opened").replaceChildren("The page is open in a new tab. 4000 0000 0000 0002 is declined, 4242 4242 4242 4242 pays. ", make("a", { class: "open", href: opened.address, target: "_blank", rel: "noopener" }, "Open it again"));
    await this.onbought();
  }

  async spend() {
    if (!await this.proven()) return;
    const paid = await this.once(() => this.session.post("/wallet/purchases", this.order, { "Idempotency-Key": this.key }));
    if (!paid) return;
    $("opened").textContent = "Paid from the wallet.";
    await this.onbought();
  }

  // Whether it is known that it is you, as far as this purchase asks.
  async proven() {
    if (!this.quoted.step_up || Date.now() < this.provenUntil) return true;
    trouble(null);
    try {
      const until = await stepUp(this.session, `This is more than ${this.quoted.step_up > 1 ? "₹50,000" : "₹5,000"}`);
      this.provenUntil = until ? Date.parse(until) - EARLY_MS : 0;
      return Boolean(until);
    } catch (error) {
      trouble(error);
      return false;
    }
  }

  // Acts; null when it was refused, with the trouble shown.
  async once(act) {
    trouble(null);
    $("buy").disabled = true;
    try {
      return await act();
    } catch (error) {
      trouble(error);
      return null;
    } finally {
      $("buy").disabled = false;
    }
  }
}
