// Proves again who acts: by the authenticator app where one protects the account, else by a code that is sent.

import { ask } from "/ask.js";
import { codeFor } from "/mailbox.js";

// Does it; where the API first wants to know that it is you, asks, and does it again. Resolves to what `act` made;
// to null when the question was closed.
export async function proven(session, act) {
  try {
    return await act();
  } catch (error) {
    if (error.code !== "STEP_UP_REQUIRED") throw error;
  }
  return await stepUp(session) ? act() : null;
}

// Resolves to the moment until which it holds; null when the dialog was closed. `why` begins the sentence.
export async function stepUp(session, why = "This needs more than your being signed in") {
  const { enabled } = await session.get("/auth/2fa");
  const asked = await session.post("/auth/step-up", { method: enabled ? "totp" : "otp" });
  const to = session.me[asked.channel] ?? "your address";
  const question = enabled
    ? { told: `${why}: give a code of your authenticator app, or a backup code.`, label: "Six digits, or a backup code", pattern: "[0-9]{6}|[A-Za-z0-9]{5}-?[A-Za-z0-9]{5}" }
    : { told: `${why}, so a code was sent to ${to}. On this machine no mail leaves: it lies in the platform's mailbox.`, label: "Six digits", pattern: "[0-9]{6}", other: { label: "Read the mailbox", act: () => codeFor(to) } };
  const found = await ask({ title: "Is it you?", go: "Prove it", ...question, act: (code) => session.post("/auth/step-up/verify", { step_up_id: asked.step_up_id, code }) });
  if (!found) return null;
  session.take({ ...session.grant, access_token: found.access_token, expires_in: found.expires_in });
  return found.until;
}
