// The account: each card is a module that is shown who is signed in, or that nobody is. Two things need nobody: a
// password that was forgotten, and a change of address that somebody else asked for.

import { Addresses } from "/account-addresses.js";
import { Consents } from "/account-consents.js";
import { Entrance } from "/account-entrance.js";
import { Factor } from "/account-factor.js";
import { Identities } from "/account-identities.js";
import { Password } from "/account-password.js";
import { $ } from "/dom.js";
import { acting, follow, people, settle, showing } from "/frame.js";
import { Session } from "/session.js";

class Account {
  constructor() {
    this.session = null;
    this.act = acting(() => this.look());
    this.cards = [Password, Addresses, Factor, Identities, Consents].map((Card) => new Card(this));
  }

  async open(session) {
    this.session = session;
    await this.look();
    follow();
  }

  // A new password, a stopped change or a sign-out elsewhere may have ended the session meanwhile.
  async look() {
    if (!this.session) return;
    try {
      await this.session.met();
    } catch (error) {
      if (error.status !== 401) throw error;
      this.leave();
      return;
    }
    showing(this.session);
    await Promise.all(this.cards.map((card) => card.look(this.session)));
  }

  leave() {
    Session.forget();
    this.session = null;
    showing(null);
  }
}

settle();
const account = new Account();
new Entrance(account, people((session) => account.open(session)));
addEventListener("hashchange", follow);
follow();
