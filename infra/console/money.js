// Money: what a person does on the left hand, what staff sees behind the counter. Both look again while something moves.

import { $ } from "/dom.js";
import { people, settle, trouble } from "/frame.js";
import { Books } from "/money-books.js";
import { Mine } from "/money-mine.js";
import { Refunds } from "/money-refunds.js";
import { Shop } from "/money-shop.js";
import { Session } from "/session.js";

const SOON_MS = 1000, LATER_MS = 5000;

// Looks at once and again and again: soon while `look` answers that something moves. `now` looks without waiting.
class Watch {
  constructor(look) { this.look = look; }

  async now() {
    clearTimeout(this.timer);
    let moves = false;
    try {
      moves = document.visibilityState === "visible" && await this.look();
      if (this.lost) trouble(null); // a trouble of looking is gone with the next look; another's stays
      this.lost = false;
    } catch (error) {
      this.lost = true;
      trouble(error);
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), moves ? SOON_MS : LATER_MS);
  }
}

async function serve(session) {
  const shop = new Shop(session, () => watch.now()), mine = new Mine(session, shop), watch = new Watch(() => mine.look());
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") watch.now(); });
  await shop.open();
  await watch.now();
}

async function counter() {
  const button = $("staff");
  button.disabled = true;
  button.textContent = "Letting staff in…";
  try {
    const [auditor, support] = await Promise.all([Session.demo("auditor"), Session.demo("support")]);
    for (const each of document.querySelectorAll(".staff")) each.hidden = false;
    button.hidden = true;
    $("staff-who").textContent = `auditor ${auditor.me.display_name}, support ${support.me.display_name}`;
    const books = new Books(auditor), refunds = new Refunds(support);
    await new Watch(async () => { await Promise.all([books.look(), refunds.look()]); return true; }).now();
  } catch (error) {
    trouble(error);
  } finally {
    button.disabled = false;
    button.textContent = "Look as staff";
  }
}

settle();
people(serve);
$("staff").addEventListener("click", counter);
if (Session.kept("support")) counter();
