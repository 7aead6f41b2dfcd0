// Consents by purpose, with the version of the notice that was agreed to, and the ledger of all answers.

import { $, make, tag } from "/dom.js";
import { time } from "/money-words.js";

const STATE = { given: ["agreed", "good"], withdrawn: ["withdrawn", ""], never: ["not asked yet", ""], outdated: ["agreed to an older text, which does not count", "wait"] };
const ANSWER = { given: "agreed to", withdrawn: "withdrew" }, LIMIT = 20;

export class Consents {
  constructor(account) {
    this.account = account;
    $("history-more").addEventListener("click", () => account.act(() => { this.lines += LIMIT; }));
    this.lines = LIMIT;
  }

  async look(session) {
    const [notices, mine, history] = await Promise.all(["/consents/notices", "/users/me/consents", `/users/me/consents/history?limit=${Math.min(100, this.lines)}`].map((path) => session.get(path)));
    const of = new Map(mine.items.map((one) => [one.purpose, one])), titles = new Map(notices.items.map((one) => [one.purpose, one.title.en]));
    $("consents").replaceChildren(...notices.items.map((one) => this.line(one, of.get(one.purpose))));
    $("history-empty").hidden = history.items.length > 0;
    $("history-more").hidden = !history.next_cursor || this.lines >= 100;
    $("history").replaceChildren(...history.items.map((one) => make("li", {},
      make("span", {}, `${ANSWER[one.answer]} `, make("b", {}, titles.get(one.purpose) ?? one.purpose)), make("span", { class: "dim" }, `version ${one.version}`), make("small", {}, time(one.at)))));
  }

  line(notice, mine) {
    const given = mine.state === "given", body = { version: mine.version, given: !given };
    const answer = () => this.account.act(() => this.account.session.put(`/users/me/consents/${notice.purpose}`, body));
    return make("li", { "data-consent": notice.purpose },
      make("span", {}, make("b", {}, notice.title.en), " ", tag(STATE[mine.state])),
      make("span", { class: "acts" }, make("button", { type: "button", class: "quiet small", onclick: answer }, given ? "Withdraw" : "Agree")),
      make("small", {}, `${notice.text.en} (version ${mine.version}${mine.answered_at ? `, answered ${time(mine.answered_at)}` : ""})`));
  }
}
