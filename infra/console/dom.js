// Makes elements: text is always text, never markup.

export const $ = (id) => document.getElementById(id);

export function make(tag, traits = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(traits)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

// A short state with its colour, and pairs of names and values in a list of definitions.
export const tag = ([words, colour]) => make("span", { class: `tag ${colour}` }, words);
export const facts = (place, pairs) => $(place).replaceChildren(...pairs.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));

// Draws what is made of `known` anew only when that changed, so that looking again takes nobody's focus.
const drawn = new WeakMap();
export function draw(place, known, children) {
  const seen = JSON.stringify(known);
  if (drawn.get(place) === seen) return;
  drawn.set(place, seen);
  place.replaceChildren(...children());
}

export const number = (value) => new Intl.NumberFormat("en-IN").format(value);
export const short = (text, many = 16) => (text.length > many ? `${text.slice(0, many)}…` : text);
