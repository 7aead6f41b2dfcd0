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
  $("trouble").textContent = error ? `${error.told ?? error.message}. ${error.status === 503 ? "Try again in a moment." : ""}` : "";
}

// Shows who is signed in; null: nobody. What has no sense without, or with somebody, is hidden.
export function showing(session) {
  $("sign-in").hidden = Boolean(session);
  $("who").hidden = !session;
  if (session) $("who").replaceChildren(make("b", {}, session.me.display_name || session.me.email || session.me.phone), ` · ${session.me.plan}`);
  for (const each of document.querySelectorAll(".signed-in, .signed-out")) each.hidden = each.matches(session ? ".signed-out" : ".signed-in");
}

// Turns to the part of the page that its address names, as letters do; one that is folded opens.
export function follow() {
  const part = location.hash && document.getElementById(location.hash.slice(1));
  if (!part) return;
  if (part.tagName === "DETAILS") part.open = true;
  part.scrollIntoView();
}

// Calls onsession when somebody signed in here, at once when it is known who uses this tab. A page for staff
// names the role its demo user is to have. Returns what signs in by other ways: it takes one that gives a session,
// or null where it was given up.
export function people(onsession, { role = null } = {}) {
  const button = $("sign-in"), words = button.textContent;
  async function enter(way) {
    button.disabled = true;
    button.textContent = "Signing in…";
    trouble(null);
    try {
      const session = await way();
      if (!session) return;
      showing(session);
      await onsession(session);
    } catch (error) {
      trouble(error);
    } finally {
      button.disabled = false;
      button.textContent = words;
    }
  }
  const demo = () => enter(() => Session.demo(role));
  button.addEventListener("click", demo);
  if (Session.kept(role)) demo();
  return enter;
}

// Returns what does one thing and looks again; what went wrong is said at the top.
export const acting = (look) => async (doing) => {
  trouble(null);
  try {
    await doing();
    await look();
  } catch (error) {
    trouble(error);
  }
};

// Lets a form act, once at a time.
export function submits(id, act) {
  $(id).addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = $(id).querySelector("[type=submit]");
    button.disabled = true;
    try {
      await act();
    } finally {
      button.disabled = false;
    }
  });
}

// Dark or light as chosen before, else as the device is.
export function settle() {
  const light = window.matchMedia("(prefers-color-scheme: light)").matches;
  theme(localStorage.getItem("treum-theme") ?? (light ? "light" : "dark"));
  $("theme").addEventListener("click", () => theme(root.dataset.theme === "light" ? "dark" : "light"));
}
