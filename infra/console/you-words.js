// States of the page of a person in words, and what the headers of an answer say of limits.

export const TIER = { none: "not verified", basic: "basic", standard: "standard", unlimited: "unlimited" };
export const KYC = {
  draft: ["being filled in", "wait"], submitted: ["being checked", "wait"], verifying: ["being checked", "wait"], video_wanted: ["a talk by video is due", "wait"],
  in_review: ["somebody looks at it", "wait"], in_check: ["a second person looks at it", "wait"], returned: ["sent back, to be mended", "bad"],
  approved: ["verified", "good"], rejected: ["refused", "bad"], expired: ["expired", "bad"],
};
export const TODO = { apply_later: "apply again later", await_appointment: "wait for a time to be seen", attend_video: "be seen by video", redo: "mend what was sent back" };
export const DOCUMENT = { pan_card: "PAN card", photo: "photo", address_proof: "proof of address", income_proof: "proof of income" };
const NAMES = { plan: "Requests an hour, by your plan", dashboard: "Figures a minute", quotes: "Quotes a minute", trading: "Orders a minute", generation: "Signals on demand a minute" };
const MINUTE_S = 60;

// Returns what `headers` say of each limit: {name, title, used, most, back}.
export function limits(headers) {
  const most = parsed(headers.get("RateLimit-Policy")), left = parsed(headers.get("RateLimit"));
  return [...most].map(([name, { q, w }]) => {
    const { r = q, t = w } = left.get(name) ?? {};
    return { name, title: NAMES[name] ?? name, used: q - r, most: q, back: t < MINUTE_S ? `${t} s` : `${Math.ceil(t / MINUTE_S)} min` };
  });
}

// A list of `"name";q=100;w=3600` as a Map of names to their numbers.
function parsed(header) {
  const items = (header ?? "").split(",").map((item) => item.trim()).filter(Boolean).map((item) => item.split(";"));
  return new Map(items.map(([name, ...pairs]) => [name.replaceAll('"', ""), Object.fromEntries(pairs.map((pair) => pair.split("=")).map(([key, value]) => [key, Number(value)]))]));
}
