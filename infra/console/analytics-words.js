// Amounts and months of the page of figures in words.

const WHOLE = new Intl.NumberFormat("en-IN", { style: "currency", currency: "INR", trailingZeroDisplay: "stripIfInteger" });
const SHORT = new Intl.NumberFormat("en-IN", { style: "currency", currency: "INR", notation: "compact", maximumFractionDigits: 1 });
const SUMMED = ["net", "tax", "refunds", "refunds_tax", "chargebacks", "chargebacks_tax", "kept"];

export const rupees = (paise) => WHOLE.format(paise / 100);
export const compact = (paise) => SHORT.format(paise / 100 || 0); // never -0

// The last day of a month such as 2026-02.
export function last(month) {
  const [year, number] = month.split("-").map(Number);
  return `${month}-${String(new Date(Date.UTC(year, number, 0)).getUTCDate()).padStart(2, "0")}`;
}

// Rows of days and product lines as rows of months.
export function byMonth(rows) {
  const made = new Map();
  for (const row of rows) {
    const month = row.day.slice(0, 7), key = `${month} ${row.line}`;
    const sum = made.get(key) ?? { month, line: row.line, ...Object.fromEntries(SUMMED.map((name) => [name, 0])) };
    for (const name of SUMMED) sum[name] += row[name];
    made.set(key, sum);
  }
  return [...made.values()];
}
