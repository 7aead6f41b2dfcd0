// States of exports and erasures in words; what is held by each part, and by whom else. A test holds both lists
// against the domain's.

export const EXPORT = {
  collecting: "It is being put together.", ready: "It is ready.", expired: "It was deleted after seven days: ask again.",
};
export const ERASURE = {
  waiting: "It waits: until then you can take it back.", held: "A law demands that your data stays for now. It is erased as soon as that ends.",
  erasing: "It is happening.", closing: "It is happening: the account goes last.", completed: "It is done.", cancelled: "You took it back: everything stays as it is.",
};
export const DOMAIN = {
  users: "Account", signals: "Signals", payments: "Payments", kyc: "Verification", partners: "Applications and keys", analytics: "Figures",
  realtime: "Live connections", audit: "Record of events",
};
export const PLAN = [
  { domain: "users", erased: "Name, addresses, password, devices, sessions, second factor", kept: "An empty row with your id, and your consents under that id", why: "The id must not be given again; consent must be provable (DPDP Act, 2023, section 6(10))" },
  { domain: "signals", erased: "Choices, feedback, backtests, hooks and their alerts", kept: "For analysts and reviewers: what was recommended and decided, under your id", why: "The public record of recommendations is never rewritten" },
  { domain: "payments", erased: "Billing name and address", kept: "Invoices, credit notes and the books, under your id", why: "CGST Act, 2017, section 36: 72 months after the year's annual return" },
  { domain: "kyc", erased: "Nothing before its day", kept: "The record of your identity, encrypted under a key of its own", why: "PML Rules: at least five years after the relationship; ours is ten" },
  { domain: "partners", erased: "Applications' names and contacts, endpoints, usage", kept: "Digests of revoked keys", why: "A revoked key must never open anything" },
  { domain: "analytics", erased: "Nothing", kept: "Facts behind sums, under your id", why: "They lead to nobody once the account is gone" },
  { domain: "realtime", erased: "Your plan, as sockets know it", kept: null, why: null },
  { domain: "audit", erased: "The key of your sealed data: what it sealed is unreadable for ever", kept: "The chain of events, under your id", why: "What happened must stay provable" },
];
export const SHARED = [
  ["the payment gateway", "your address and what you paid, where you paid by card"],
  ["the provider that verifies identities", "what you said of yourself, where you applied to be verified"],
  ["the mail and SMS service", "your addresses, and the messages sent to them"],
];
