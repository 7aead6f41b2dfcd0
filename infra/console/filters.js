// Which signals the list shows: asked of the API by instrument and state, a page at a time.

import { $, make } from "/dom.js";
import { trouble } from "/frame.js";

const PAGE = 50;

export class Filters {
  constructor(session, signals) {
    this.session = session;
    this.signals = signals;
    this.cursor = null;
    for (const id of ["by-symbol", "by-status"]) $(id).addEventListener("change", () => this.read().catch(trouble));
    $("older").addEventListener("click", () => this.read(this.cursor).catch(trouble));
  }

  offer(instruments) {
    $("by-symbol").append(...instruments.map((one) => make("option", { value: one.symbol }, one.symbol)));
    for (const id of ["by-symbol", "by-status"]) $(id).disabled = false;
  }

  // Reads the newest that fit, or those after a cursor; returns what was read.
  async read(cursor = null) {
    const symbol = $("by-symbol").value, status = $("by-status").value;
    this.signals.fits = (one) => (!symbol || one.terms.symbol === symbol) && (!status || one.status === status);
    const asked = new URLSearchParams({ limit: PAGE, ...(symbol ? { symbol } : {}), ...(status ? { status } : {}), ...(cursor ? { cursor } : {}) });
    const { items, next_cursor: next } = await this.session.get(`/signals?${asked}`);
    this.cursor = next;
    $("older").hidden = next === null;
    this.signals.putAll(items);
    return items;
  }
}
