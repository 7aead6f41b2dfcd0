// One question in a dialog: why, how long, or the code that proves it is you.

import { $, make } from "/dom.js";

const dialog = make("dialog", { id: "ask", "aria-labelledby": "ask-title" },
  make("form", { method: "dialog" }, make("button", { class: "quiet", "aria-label": "Close" }, "✕")),
  make("h2", { id: "ask-title" }),
  make("p", { id: "ask-told", class: "told" }),
  make("form", { id: "ask-form", class: "asking" }, make("label", { for: "ask-words", id: "ask-label" }), make("input", { id: "ask-words", required: "", maxlength: "500", autocomplete: "off" }),
    make("p", { class: "row" }, make("button", { type: "submit", id: "ask-go", class: "main" }), make("button", { type: "button", id: "ask-else", class: "quiet", hidden: "" }))),
  make("p", { id: "ask-trouble", class: "told down", role: "alert" }));
document.body.append(dialog);

// Asks, and resolves to what `act` made of the words; null when the dialog was closed. What `act` throws is shown,
// and it may be tried again. `other` is a second button: {label, act}, whose words are put into the field.
export function ask({ title, told, label, go, act, pattern = null, other = null, value = "" }) {
  const words = $("ask-words");
  $("ask-title").textContent = title;
  $("ask-told").textContent = told;
  $("ask-label").textContent = label;
  $("ask-go").textContent = go;
  $("ask-trouble").textContent = "";
  words.value = value;
  if (pattern) words.setAttribute("pattern", pattern);
  else words.removeAttribute("pattern");
  $("ask-else").hidden = !other;
  $("ask-else").textContent = other?.label ?? "";
  $("ask-else").onclick = async () => { words.value = await other.act(); };
  return new Promise((resolve) => {
    dialog.onclose = () => {
      if (dialog.open) return; // the end of the question before this one, told late
      words.value = "";
      resolve(null);
    };
    $("ask-form").onsubmit = async (event) => {
      event.preventDefault();
      $("ask-go").disabled = true;
      try {
        resolve(await act(words.value.trim()));
        dialog.close();
      } catch (error) {
        $("ask-trouble").textContent = error.told ?? error.message;
      } finally {
        $("ask-go").disabled = false;
      }
    };
    dialog.showModal();
    words.focus();
  });
}
