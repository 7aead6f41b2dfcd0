// The dialog that adds, tunes and removes indicators, and the chips that say which are on the chart.

import { $, make } from "/dom.js";
import { overlay } from "/indicators.js";

const SHOWN = 60;
const COMMON = ["EMA", "SMA", "BBANDS", "SAR", "VOLUME", "RSI", "MACD", "ADX", "STOCH", "ATR", "OBV", "CCI"];

export class Chooser {
  constructor(indicators) {
    this.indicators = indicators;
    $("indicator-search").addEventListener("input", () => this.list());
    $("choose-indicators").addEventListener("click", () => this.open());
  }

  open() {
    $("indicator-search").value = "";
    this.list();
    this.draw();
    $("indicators").showModal();
  }

  list() {
    const words = $("indicator-search").value.trim().toLowerCase().split(/\s+/);
    const found = this.indicators.catalogue.filter((one) => words.every((word) => `${one.name} ${one.title} ${one.group}`.toLowerCase().includes(word)));
    const common = (one) => (COMMON.includes(one.name) ? COMMON.indexOf(one.name) : COMMON.length);
    found.sort((a, b) => common(a) - common(b));
    $("indicator-count").textContent = `${found.length} of ${this.indicators.catalogue.length}${found.length > SHOWN ? `, the first ${SHOWN} shown` : ""}`;
    $("indicator-list").replaceChildren(...found.slice(0, SHOWN).map((one) => this.offer(one)));
  }

  offer(one) {
    const where = overlay(one) ? "on the prices" : "in a pane below";
    return make("li", {}, make("div", {}, make("b", {}, one.name), " ", one.title, make("small", {}, `${one.group}, ${where}`)),
      make("button", { type: "button", class: "quiet", "aria-label": `Add ${one.title}`, ...(this.indicators.full ? { disabled: "" } : {}),
        onclick: () => { this.indicators.add(one.name); this.draw(); this.list(); } }, "Add"));
  }

  // The chips beside the chart and the chosen ones in the dialog.
  draw() {
    const { chosen } = this.indicators;
    $("chips").replaceChildren(...chosen.map((one) => this.chip(one)));
    $("indicator-chosen").replaceChildren(...chosen.map((one) => this.tuning(one)));
    $("indicator-none").hidden = chosen.length > 0;
  }

  chip(one) {
    const title = this.indicators.title(one);
    return make("li", one.error ? { class: "bad", title: one.error } : {}, title,
      make("button", { type: "button", "aria-label": `Remove ${title}`, onclick: () => this.remove(one) }, "✕"));
  }

  remove(one) {
    this.indicators.remove(one);
    this.draw();
    this.list();
  }

  tuning(one) {
    const { parameters } = this.indicators.definition(one.name);
    return make("li", {}, make("b", {}, one.name), ...parameters.map((parameter) => this.field(one, parameter)),
      make("button", { type: "button", class: "quiet", "aria-label": `Remove ${this.indicators.title(one)}`, onclick: () => this.remove(one) }, "Remove"),
      one.error ? make("small", { class: "down" }, one.error) : null);
  }

  field(one, parameter) {
    const name = `${one.name} ${parameter.title}`;
    const take = (event) => {
      if (!event.target.reportValidity()) return;
      this.indicators.tune(one, parameter.name, Number(event.target.value));
      $("chips").replaceChildren(...this.indicators.chosen.map((each) => this.chip(each)));
    };
    const choices = Object.entries(parameter.choices);
    const value = one.parameters[parameter.name];
    const input = choices.length
      ? make("select", { "aria-label": name, onchange: take }, ...choices.map(([label, each]) => make("option", { value: each, ...(each === value ? { selected: "" } : {}) }, label)))
      : make("input", { type: "number", "aria-label": name, value, min: parameter.least, max: parameter.most, step: parameter.kind === "integer" ? 1 : "any", required: "", onchange: take });
    return make("label", { title: parameter.about }, parameter.title, input);
  }
}
