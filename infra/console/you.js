// You: devices, what proves that it is you, verification, limits used. Each card is read anew after an act.

import { $, facts, make, number, tag } from "/dom.js";
import { acting, people, settle, trouble } from "/frame.js";
import { DOCUMENT, KYC, TIER, TODO, limits } from "/you-words.js";
import { day, rupees, sentence, time } from "/money-words.js";

const SOON_MS = 2000;

// What payments holds somebody to: it hears of a tier a moment after it was given, and a laptop may vouch for one.
function allowance(kyc, { tier, limit }) {
  const told = limit === null ? "without a limit" : `up to ${rupees(limit.amount)} for research and the wallet`;
  return kyc.tier === "none" && tier !== "none" ? `${told}: this machine vouches for you as ${TIER[tier]}` : told;
}

function spent({ used, left, waiting, coming }) {
  const parts = [[waiting, "on open pages"], [coming, "still to be charged by your subscription"]].filter(([sum]) => sum.amount).map(([sum, words]) => `${rupees(sum.amount)} ${words}`);
  return `${rupees(used.amount)}${parts.length ? ` (of it ${parts.join(", ")})` : ""}${left === null ? "" : `, ${rupees(left.amount)} left`}`;
}

class You {
  constructor(session) {
    this.session = session;
    this.act = acting(() => this.look());
  }

  async open() {
    $("all-out").addEventListener("click", () => this.act(() => this.others()));
    await this.look();
  }

  async look() {
    const [devices, factor, kyc, room] = await Promise.all(["/users/me/devices", "/auth/2fa", "/kyc", "/billing/limit"].map((path) => this.session.get(path)));
    this.devices(devices.items);
    facts("proof", [
      ["Address", this.session.me.email ?? this.session.me.phone],
      ["Authenticator app", factor.enabled ? `since ${day(factor.since)}, ${number(factor.backup_codes_left)} backup codes left` : "none: a code to your address does instead, up to ₹50,000"],
      ["Plan", this.session.me.plan],
    ]);
    this.kyc(kyc, room);
    await this.limits();
    clearTimeout(this.timer);
    const unheard = kyc.tier !== "none" && kyc.tier !== room.tier; // payments has not heard of the tier yet
    if (kyc.todo.includes("wait") || unheard) this.timer = setTimeout(() => this.look().catch(trouble), SOON_MS); // it is being decided
  }

  devices(devices) {
    $("devices-empty").hidden = true;
    $("all-out").hidden = devices.length < 2;
    $("devices").replaceChildren(...devices.map((one) => make("li", { "data-device": one.id },
      make("span", {}, make("b", {}, one.name || "a device without a name"), " ", ...(one.current ? [tag(["this one", "good"])] : [])),
      make("span", { class: "acts" }, ...(one.current ? [] : [make("button", { type: "button", class: "quiet small", onclick: () => this.act(() => this.end(one.id)) }, "Sign out")])),
      make("small", {}, `signed in ${time(one.created_at)} · last seen ${time(one.last_seen_at)}`))));
    this.known = devices;
  }

  end(id) { return this.session.delete(`/users/me/devices/${id}`); }

  async others() {
    for (const one of this.known.filter((each) => !each.current)) await this.end(one.id);
  }

  kyc(found, room) {
    const one = found.application;
    $("kyc-state").textContent = TIER[found.tier];
    facts("kyc", [
      ["What you may pay a year", allowance(found, room)],
      [`Used since ${day(room.since)}`, spent(room)],
      ...(found.valid_until ? [["Holds until", day(found.valid_until)]] : []),
      ["Application", one ? tag(KYC[one.state] ?? [sentence(one.state), ""]) : "none"],
      ...(one?.reasons.length ? [["To be mended", one.reasons.map(sentence).join("; ")]] : []),
      ["To do", found.todo.map((each) => TODO[each] ?? sentence(each)).join("; ")],
    ]);
    $("tiers").replaceChildren(...found.tiers.map((each) => make("li", {},
      make("span", {}, make("b", {}, TIER[each.tier])), make("span", { class: "sum" }, each.limit === null ? "no limit" : rupees(each.limit)),
      make("small", {}, `${each.documents.map((kind) => DOCUMENT[kind]).join(", ")}${each.video ? ", and a talk by video" : ""}`))));
  }

  // Every answer says what is left of each limit it counted against (RateLimit, RateLimit-Policy).
  async limits() {
    const answer = await this.session.send("GET", "/users/me"), rows = limits(answer.headers);
    $("limits-empty").hidden = rows.length > 0;
    $("limits-told").textContent = rows.length ? "at the last answer" : "";
    $("limits").replaceChildren(...rows.map((one) => make("div", { "data-limit": one.name },
      make("p", { class: "told" }, make("b", {}, one.title), ` ${number(one.used)} of ${number(one.most)}, all of it back in ${one.back}`),
      make("progress", { max: one.most, value: one.used, "aria-label": `${one.title}: used` }))));
  }
}

settle();
people((session) => new You(session).open());
