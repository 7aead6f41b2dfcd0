// What was asked with the keys of the chosen application in the last day, hour by hour.

import { Bars } from "/bars.js";
import { $, number } from "/dom.js";

const HOUR_MS = 3_600_000, HOURS = 24;

// Returns a bar an hour from `first` (ms), those of all keys together; one in which something was refused is not good.
export function bars(hours, first) {
  const of = Map.groupBy(hours, (one) => Date.parse(one.hour)), sum = (rows, name) => rows.reduce((all, one) => all + one[name], 0);
  return Array.from({ length: HOURS }, (_, index) => {
    const at = first + index * HOUR_MS, rows = of.get(at) ?? [];
    return { name: String(new Date(at).getHours()), many: sum(rows, "requests"), good: !sum(rows, "limited") && !sum(rows, "barred") };
  });
}

export class Usage {
  constructor(keys) {
    this.keys = keys;
    this.bars = new Bars($("usage"), "Requests by hour of the day");
  }

  async look(application) {
    const found = await this.keys.session.get(`/partners/applications/${application.id}/usage`); // a day, by the platform's clock
    const last = Math.floor(Date.parse(found.to) / HOUR_MS) * HOUR_MS;
    const refused = [found.limited ? `${number(found.limited)} over the quota` : "", found.barred ? `${number(found.barred)} from elsewhere` : ""].filter(Boolean).join(", ");
    $("usage-told").textContent = `${number(found.requests)} requests${refused ? `, ${refused}` : ""}`;
    this.bars.show(bars(found.hours, last - (HOURS - 1) * HOUR_MS));
  }
}
