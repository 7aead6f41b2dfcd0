// One question in a dialog: why, or the code that proves it is you.

import { $ } from "/dom.js";

// Asks, and resolves to what `act` made of the words; null when the dialog was closed. What `act` throws is shown,
// and it may be tried again. `other` is a second button: {label, act}, whose words are put into the field.
export function ask({ title, told, label, go, act, pattern = null, other = null }) {
  const dialog = $("ask"), words = $("ask-words");
  $("ask-title").textContent = title;
  $("ask-told").textContent = told;
  $("ask-label").textContent = label;
  $("ask-go").textContent = go;
  $("ask-trouble").textContent = "";
  words.value = "";
  if (pattern) words.setAttribute("pattern", pattern);
  else words.removeAttribute("pattern");
  $("ask-else").hidden = !other;
  $("ask-else").textContent = other?.label ?? "";
  $("ask-else").onclick = async () => { words.value = await other.act(); };
  return new Promise((resolve) => {
    dialog.onclose = () => resolve(null);
    $("ask-form").onsubmit = async (event) => {
      event.preventDefault();
      $("ask-go").disabled = true;
      try {
        resolve(await act(words.value.trim()));
        dialog.close();
      } catch (error) {
        $("ask-trouble").textContent = error.message;
      } finally {
        $("ask-go").disabled = false;
      }
    };
    dialog.showModal();
    words.focus();
  });
}

// Proves again that it is the session's person, by the code that is mailed to them. Resolves to the moment
// until which it holds; null when the dialog was closed.
export async function stepUp(session) {
  const asked = await session.post("/auth/step-up", { method: "otp" });
  const mailed = async () => {
    const answer = await fetch(`/_local/mailbox?to=${encodeURIComponent(session.me.email)}`);
    return (await answer.json()).messages.map((one) => one.text.match(/\b\d{6}\b/)?.[0]).find(Boolean) ?? "";
  };
  const proven = await ask({
    title: "Is it you?", told: "This is more than ₹5,000, so a code was mailed to you. On this machine no mail leaves: it lies in the platform's mailbox.",
    label: "Six digits", go: "Prove it", pattern: "[0-9]{6}", other: { label: "Read the mailbox", act: mailed },
    act: (code) => session.post("/auth/step-up/verify", { step_up_id: asked.step_up_id, code }),
  });
  if (!proven) return null;
  session.take({ ...session.grant, access_token: proven.access_token, expires_in: proven.expires_in });
  return proven.until;
}
