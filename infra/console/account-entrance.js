// Sign-in with an account of one's own, and the end of it here.

import { ask } from "/ask.js";
import { $ } from "/dom.js";
import { submits } from "/frame.js";
import { Session } from "/session.js";

const CODE = "[0-9]{6}|[A-Za-z0-9]{5}-?[A-Za-z0-9]{5}";

// Returns who is named: by what has an @ in it as e-mail, else as a phone number.
export const named = (address) => (address.includes("@") ? { email: address } : { phone: address.replaceAll(" ", "") });

export class Entrance {
  constructor(account, enter) {
    submits("enter", () => enter(async () => {
      const given = { ...named($("enter-address").value.trim()), password: $("enter-password").value };
      $("enter-password").value = "";
      return Session.own(given, this.code);
    }));
    $("sign-out").addEventListener("click", () => account.act(async () => {
      await account.session.post("/auth/logout");
      account.leave();
    }));
  }

  code(act) {
    return ask({ title: "Your authenticator app", told: "An app protects this account: give one of its codes, or a backup code.", label: "Six digits, or a backup code", go: "Sign in", pattern: CODE, act });
  }
}
