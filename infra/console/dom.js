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

export const number = (value) => new Intl.NumberFormat("en-IN").format(value);
export const short = (text, many = 16) => (text.length > many ? `${text.slice(0, many)}…` : text);
