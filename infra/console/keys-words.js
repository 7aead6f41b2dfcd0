// States of applications, keys, endpoints and deliveries in words, and what can be chosen for them.

export const SCOPES = { "signals:read": "signals", "performance:read": "performance", "market:read": "prices and indicators" };
export const TYPES = {
  "signal.published": "a signal is published", "signal.revised": "its terms are revised", "signal.recalled": "it is recalled",
  "signal.closed": "it ends", "signal.cancelled": "it is cancelled",
};
export const DELIVERY = { pending: ["waits", "wait"], delivered: ["delivered", "good"], failed: ["failed", "bad"] };
const DISABLED = { owner: "disabled by you", failing: "disabled: nothing arrived for five days", gone: "disabled: it answered 410 Gone" };

export const application = (one) => (one.suspended ? ["suspended by us", "bad"] : one.active ? ["open", "good"] : ["disabled", "wait"]);

export function key(one) {
  if (one.revoked_at) return ["ended", ""];
  if (!one.live) return ["expired", ""];
  return one.replaced_by ? ["has a successor", "wait"] : ["good", "good"];
}

export function endpoint(one) {
  if (!one.active) return [DISABLED[one.disabled] ?? "disabled", "bad"];
  return one.failing_since ? ["fails", "wait"] : ["open", "good"];
}

// How an attempt ended: the status it was answered with, or why there was no answer.
export const ending = ({ status, outcome }) => (status ? `answered ${status}` : outcome ? outcome.replaceAll("_", " ") : "no answer yet");
