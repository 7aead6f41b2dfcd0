// The authenticator app: set up by its secret, proven by a code; backup codes, once; and its end.

import { $, facts, make, number } from "/dom.js";
import { submits } from "/frame.js";
import { day } from "/money-words.js";
import { copier, once } from "/once.js";
import { proven } from "/step-up.js";

const KEPT = "Each lets you in once in place of the app. They are not shown again.";

export class Factor {
  constructor(account) {
    this.account = account;
    $("factor-secret").after(copier(() => this.enrolled.secret));
    $("factor-begin").addEventListener("click", () => account.act(() => this.begin()));
    submits("factor-form", () => account.act(() => this.confirm()));
    $("factor-codes").addEventListener("click", () => account.act(() => this.renew()));
    $("factor-end").addEventListener("click", () => account.act(() => this.end()));
  }

  async look(session) {
    const found = await session.get("/auth/2fa");
    facts("factor-facts", found.enabled
      ? [["Since", day(found.since)], ["Backup codes left", number(found.backup_codes_left)]]
      : [["App", "none: whoever knows your password comes in"]]);
    $("factor-begin").hidden = found.enabled || !$("factor-form").hidden;
    for (const id of ["factor-codes", "factor-end"]) $(id).hidden = !found.enabled;
  }

  async begin() {
    const { session } = this.account;
    this.enrolled = await proven(session, () => session.post("/auth/2fa/totp"));
    if (!this.enrolled) return;
    $("factor-secret").textContent = this.enrolled.secret.match(/.{1,4}/g).join(" ");
    $("factor-link").replaceChildren(make("a", { href: this.enrolled.uri }, "Open it in an app on this device"));
    $("factor-form").hidden = false;
    $("factor-code").focus();
  }

  async confirm() {
    const { codes } = await this.account.session.post("/auth/2fa/totp/confirm", { code: $("factor-code").value });
    this.forget();
    await once({ title: "Ten backup codes", told: `The app protects your account now. ${KEPT}`, secret: codes.join("\n") });
  }

  async renew() {
    const { session } = this.account, found = await proven(session, () => session.post("/auth/2fa/backup-codes"));
    if (found) await once({ title: "Ten new backup codes", told: `Those before are void. ${KEPT}`, secret: found.codes.join("\n") });
  }

  end() {
    const { session } = this.account;
    return proven(session, () => session.delete("/auth/2fa/totp"));
  }

  // The secret leaves the page with the code that proves it arrived.
  forget() {
    this.enrolled = null;
    $("factor-form").reset();
    $("factor-form").hidden = true;
    $("factor-secret").textContent = "";
    $("factor-link").replaceChildren();
  }
}
