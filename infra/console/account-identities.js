// Identities of other providers that sign in to the account: listed, linked by a token of theirs, removed.

import { $, make } from "/dom.js";
import { submits } from "/frame.js";
import { day } from "/money-words.js";
import { proven } from "/step-up.js";

export class Identities {
  constructor(account) {
    this.account = account;
    submits("link", () => account.act(() => this.link()));
  }

  async look(session) {
    const { items } = await session.get("/users/me/identities");
    $("identities-empty").textContent = "None but your password.";
    $("identities-empty").hidden = items.length > 0;
    $("identities-list").replaceChildren(...items.map((one) => make("li", { "data-identity": one.id },
      make("b", {}, one.issuer),
      make("span", { class: "acts" }, make("button", { type: "button", class: "quiet small", onclick: () => this.account.act(() => this.unlink(one)) }, "Remove")),
      make("small", {}, `linked on ${day(one.linked_at)}`))));
  }

  async link() {
    const { session } = this.account, body = { id_token: $("link-token").value.trim() };
    const linked = await proven(session, () => session.post("/users/me/identities", body));
    if (linked) $("link").reset();
  }

  unlink(one) {
    const { session } = this.account;
    return proven(session, () => session.delete(`/users/me/identities/${one.id}`));
  }
}
