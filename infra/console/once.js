// What is shown once and never again: a key, a signing secret, backup codes. It is in the page while it is looked
// at, and nowhere else.

import { $, make } from "/dom.js";

const value = make("pre", { id: "once-value", tabindex: "0" });
const dialog = make("dialog", { id: "once", "aria-labelledby": "once-title" },
  make("h2", { id: "once-title" }), make("p", { id: "once-told", class: "told" }), value,
  make("form", { method: "dialog", class: "row keep" }, copier(() => value.textContent), make("button", { id: "once-done", class: "main" }, "I have kept it")));
document.body.append(dialog);

// Returns a button that copies what `read` returns; where the browser refuses, it says so.
export function copier(read) {
  const button = make("button", { type: "button", class: "quiet copy", onclick: async () => {
    try {
      await navigator.clipboard.writeText(read());
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not copied: mark it and copy it yourself";
    }
  } }, "Copy");
  return button;
}

// Shows it until the reader says that it is kept.
export function once({ title, told, secret }) {
  $("once-title").textContent = title;
  $("once-told").textContent = told;
  value.textContent = secret;
  dialog.querySelector(".copy").textContent = "Copy";
  return new Promise((resolve) => {
    dialog.onclose = () => { value.textContent = ""; resolve(); };
    dialog.showModal();
    value.focus();
  });
}
