// Amounts, instants and states of the page of money in words.

const RUPEES = new Intl.NumberFormat("en-IN", { style: "currency", currency: "INR", minimumFractionDigits: 2 });
const DAY = new Intl.DateTimeFormat("en-IN", { day: "numeric", month: "short", year: "numeric" });
const TIME = new Intl.DateTimeFormat("en-IN", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

export const rupees = (paise) => RUPEES.format(paise / 100).replace("-", "−");
export const day = (at) => DAY.format(new Date(at));
export const time = (at) => TIME.format(new Date(at));
export const sentence = (code) => code.toLowerCase().replaceAll("_", " ");

// Each state with its words and its colour.
export const PAYMENT = { opened: ["the page is open", "wait"], captured: ["paid", "good"], lapsed: ["lapsed, nothing was charged", ""] };
export const REFUND = {
  requested: ["waits for a decision", "wait"], approved: ["under way", "wait"], reversing: ["turning back", "wait"],
  completed: ["given back", "good"], compensated: ["turned back, nothing was lost", "bad"], declined: ["declined", "bad"],
};
export const LIFE = {
  pending: ["waits for its page", "wait"], abandoned: ["was not begun", ""], trialing: ["in its trial", "good"], active: ["active", "good"],
  past_due: ["a payment is due", "bad"], running_out: ["ends with its period", "wait"], ended: ["ended", ""],
};
export const PAPER = { invoice: "Invoice", credit_note: "Credit note", receipt: "Receipt" };
export const RULE = {
  COURSE_WITHIN_TERMS: "The course is within its time and hardly begun.", COURSE_TOO_LATE: "A course goes back only early and hardly begun.",
  PERIOD_UNUSED: "The days of the period that are left go back.", PERIOD_OVER: "The period is over.", WALLET_UNSPENT: "What is unspent in the wallet goes back.",
  WALLET_TOO_LATE: "It is too long ago for the wallet.", NOTHING_LEFT: "Nothing of it is left.", NOT_PAID: "It was not paid.", DISPUTED: "The bank decides about it now.",
};
export const PROBLEM = { insufficient_funds: "the card has not enough", generic_decline: "the card was declined", expired_card: "the card has expired", amount_differs: "another amount came; it is in the wallet" };
