// Changes one thing in a copy of the record, so that a reader can see the check fail.

const LETTER = /[0-9a-f]/i;

// Returns {copy, told}: the changed copy and what was changed, in words; copy null where nothing fits.
export function spoil(record, what) {
  const copy = structuredClone(record);
  const revealed = copy.filter((one) => one.payload && !one.revision && one.status !== "voided");
  const one = pick(what === "gone" ? revealed.filter((each) => each.status === "stopped" && each.number < copy.at(-1).number)
    : what === "exit" ? revealed.filter((each) => each.status === "stopped") : revealed);
  if (!one) return { copy: null, told: "There is nothing of that kind in the record yet." };
  const told = acts[what](one, copy);
  return { copy: what === "gone" ? copy.filter((each) => each !== one) : copy, told: `${told} The check must fail.` };
}

const pick = (some) => some[Math.floor(Math.random() * some.length)];

const acts = {
  payload: (one) => `Byte ${change(one, "payload")} of promise ${one.number} was changed.`,
  nonce: (one) => `Byte ${change(one, "nonce")} of the nonce of promise ${one.number} was changed.`,
  hash: (one) => `Byte ${change(one, "hash")} of the hash of promise ${one.number} was changed; the number after it notices too.`,
  late: (one) => {
    one.published_at = new Date(Date.parse(one.committed_at) - 60_000).toISOString();
    return `Promise ${one.number} now says that it was published a minute before it was committed.`;
  },
  gone: (one) => `Promise ${one.number}, a loss, was left out.`,
  exit: (one) => {
    one.status = "target_hit";
    return `Promise ${one.number}, stopped at ${one.exit_price}, now says that it hit its target.`;
  },
};

// Changes one letter or digit of a text field and returns its place, counted from 1.
function change(one, field) {
  const text = one[field], places = [...text].map((letter, index) => index).filter((index) => LETTER.test(text[index]));
  const at = pick(places), other = text[at] === "7" ? "8" : "7";
  one[field] = text.slice(0, at) + other + text.slice(at + 1);
  return at + 1;
}
