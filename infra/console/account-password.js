// The password: another in place of the one before, or a new one by a code that is sent.

import { named } from "/account-entrance.js";
import { $ } from "/dom.js";
import { submits } from "/frame.js";
import { codeFor } from "/mailbox.js";
import { Session } from "/session.js";
import { proven } from "/step-up.js";

export class Password {
  constructor(account) {
    submits("change", () => account.act(() => this.change(account.session)));
    submits("forget", () => account.act(() => this.forget()));
    submits("reset", () => account.act(() => this.reset()));
    $("reset-mailbox").addEventListener("click", async () => { $("reset-code").value = await codeFor(this.address); });
  }

  look(session) { $("change-name").value = session.me.email ?? session.me.phone; }

  // Every other device is signed out by it; this one goes on with what is answered.
  async change(session) {
    $("password-told").textContent = "";
    const body = { current_password: $("password-old").value, new_password: $("password-new").value, device_id: session.grant.device_id, device_name: "Live console" };
    const grant = await proven(session, () => session.post("/auth/password/change", body));
    if (!grant) return;
    session.anew(grant);
    $("change").reset();
    $("password-told").textContent = "It is changed. Every other device was signed out.";
  }

  // The answer is the same whether there is such an account or not.
  async forget() {
    this.address = $("forgot-address").value.trim();
    this.asked = await Session.unknown("/auth/password/forgot", named(this.address));
    $("reset").hidden = false;
    $("forgot-told").textContent = `If ${this.address} has an account, a code is on its way. On this machine it lies in the platform's mailbox.`;
    $("reset-code").focus();
  }

  async reset() {
    const factor = $("reset-factor").value.trim();
    await Session.unknown("/auth/password/reset", { reset_id: this.asked.reset_id, code: $("reset-code").value, password: $("reset-password").value, ...(factor ? { second_factor: factor } : {}) });
    $("reset").reset();
    $("reset").hidden = true;
    $("forgot-told").textContent = "The new password is set and every device was signed out: sign in with it.";
  }
}
