// Addresses: another one by the codes sent to it and to the one before; with the new one's alone it waits three days.

import { $, make } from "/dom.js";
import { submits } from "/frame.js";
import { codeFor } from "/mailbox.js";
import { day, time } from "/money-words.js";
import { Session } from "/session.js";
import { proven } from "/step-up.js";

const CHANNEL = { email: "E-mail", phone: "Phone" };

export class Addresses {
  constructor(account) {
    this.account = account;
    for (const channel of ["email", "phone"]) submits(`new-${channel}`, () => account.act(() => this.begin(channel)));
    submits("confirm", () => account.act(() => this.confirm()));
    submits("stop-form", () => account.act(() => this.stop()));
    $("confirm-mailbox").addEventListener("click", async () => {
      [$("code-new").value, $("code-old").value] = await Promise.all([codeFor(this.begun.address), codeFor(this.before(this.begun.channel))]);
    });
  }

  async look(session) {
    const { items } = await session.get("/users/me/address-changes");
    $("address-email").textContent = session.me.email ?? "none";
    $("address-phone").textContent = session.me.phone ?? "none";
    $("changes").replaceChildren(...items.map((one) => make("li", { "data-change": one.id },
      make("span", {}, `${CHANNEL[one.channel]} becomes `, make("b", {}, one.address)),
      make("span", { class: "acts" }, make("button", { type: "button", class: "quiet small", onclick: () => this.account.act(() => this.withdraw(one)) }, "Withdraw")),
      make("small", {}, `waits until ${time(one.takes_effect_at)}: the address before was not confirmed`))));
  }

  // Where the code of the address before goes: to the one of the same kind, else to the other.
  before(channel) {
    const { email, phone } = this.account.session.me;
    return (channel === "email" ? email ?? phone : phone ?? email);
  }

  async begin(channel) {
    const { session } = this.account, field = $(`new-${channel}-value`), address = field.value.trim();
    const begun = await proven(session, () => session.post(`/users/me/${channel}`, { [channel]: address }));
    if (!begun) return;
    this.begun = { ...begun, address };
    field.value = "";
    $("confirm").reset();
    $("confirm").hidden = false;
    $("addresses-told").textContent = `Codes were sent to ${address} and to ${this.before(channel)}; they hold until ${time(begun.expires_at)}.`;
    $("code-new").focus();
  }

  async confirm() {
    const old = $("code-old").value.trim();
    const found = await this.account.session.post("/users/me/address-changes/confirm", { change_id: this.begun.change_id, new_code: $("code-new").value, ...(old ? { old_code: old } : {}) });
    $("addresses-told").textContent = found.status === "changed" ? "It is changed." : `It waits until ${day(found.takes_effect_at)}. Until then it can be withdrawn here; with the other code it holds at once.`;
    $("confirm").hidden = found.status === "changed";
  }

  async withdraw(one) {
    await this.account.session.delete(`/users/me/address-changes/${one.id}`);
    $("confirm").hidden = true;
    $("addresses-told").textContent = "Withdrawn: the address stays as it is.";
  }

  // Needs nobody signed in: whoever asked for the change may be somebody else.
  async stop() {
    await Session.unknown("/auth/address-change/stop", { word: $("stop-word").value.trim() });
    $("stop-form").reset();
    $("stop-told").textContent = "Stopped, and every device was signed out. Set a new password now.";
  }
}
