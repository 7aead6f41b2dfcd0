// What every page has: dark and light, the demo user, and a place for troubles.

import { $, make } from "/dom.js";
import { Session } from "/session.js";

const root = document.documentElement;

function theme(name) {
  root.dataset.theme = name;
  localStorage.setItem("treum-theme", name);
  dispatchEvent(new Event("themed"));
}

export function trouble(error) {
  $("trouble").hidden = !error;
  $("trouble").textContent = error ? `${error.message}. ${error.status === 503 ? "Try again in a moment." : ""}` : "";
}

// Calls onsession when somebody signed in here, at once when this tab's demo user is known. A page for staff
// names the role its demo user is to have.
export function people(onsession, { role = null } = {}) {
  const button = $("sign-in"), words = button.textContent;
  async function signIn() {
    button.disabled = true;
    button.textContent = "Signing in…";
    trouble(null);
    try {
      const session = await Session.demo(role);
      button.hidden = true;
      $("who").hidden = false;
      $("who").replaceChildren(make("b", {}, session.me.display_name || session.me.email), ` · ${session.me.plan}`);
      await onsession(session);
    } catch (error) {
      trouble(error);
    } finally {
      button.disabled = false;
      button.textContent = words;
    }
  }
  button.addEventListener("click", signIn);
  if (Session.kept(role)) signIn();
}

// Dark or light as chosen before, else as the device is.
export function settle() {
  const light = window.matchMedia("(prefers-color-scheme: light)").matches;
  theme(localStorage.getItem("treum-theme") ?? (light ? "light" : "dark"));
  $("theme").addEventListener("click", () => theme(root.dataset.theme === "light" ? "dark" : "light"));
}
