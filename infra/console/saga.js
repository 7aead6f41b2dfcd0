// The saga of a refund as a graph: forward from left to right, and where it turned, back below.

const SPACE = "http://www.w3.org/2000/svg", R = 14, TOP = 26, ROW = 104, FORWARD = ["hold", "revoke", "pay", "settle", "end", "note", "notify"];
const WORDS = {
  asked: "asked for", decided: "approved", hold: "hold in the books", revoke: "take access", pay: "gateway pays", settle: "settle the books", end: "end renewal", note: "credit note", notify: "mail",
  release: "release the hold", restore: "give access back", tell: "tell the payer",
};
const GLYPHS = { done: "✓", failed: "✗", next: "→", to_do: "", skipped: "–" };
const STATES = { done: "done", failed: "failed", next: "next", to_do: "to do", skipped: "never reached" };
const time = (at) => (at ? new Date(at).toISOString().slice(11, 19) : "");

function draw(name, traits = {}, ...children) {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(traits)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// The nodes of a refund: {forward, back}; who asked and who decided stand before the saga's own steps.
export function nodesOf(refund) {
  const known = refund.decided_by !== null || refund.status !== "requested", declined = refund.status === "declined";
  const begun = [
    { step: "asked", state: "done", at: refund.requested_at },
    { step: "decided", word: declined ? "declined" : undefined, state: declined ? "failed" : known ? "done" : "next", at: refund.decided_at },
  ];
  const steps = declined ? refund.steps.map((one) => ({ ...one, state: "skipped" })) : refund.steps;
  return { forward: [...begun, ...steps.filter((one) => FORWARD.includes(one.step))], back: steps.filter((one) => !FORWARD.includes(one.step)) };
}

export class Saga {
  constructor(place) {
    this.place = place;
    this.svg = draw("svg", { class: "saga", role: "img" });
    place.replaceChildren(this.svg);
    new ResizeObserver(() => this.paint()).observe(place);
  }

  show(refund) {
    this.nodes = nodesOf(refund);
    this.paint();
  }

  paint() {
    if (!this.nodes || !this.place.clientWidth) return;
    const { svg, nodes: { forward, back } } = this, wide = this.place.clientWidth, flat = wide >= 620;
    const at = flat ? this.across(wide, forward.length) : this.down(forward.length);
    const turn = forward.findIndex((one) => one.state === "failed"), from = turn < 0 ? forward.findIndex((one) => one.state === "skipped") : turn;
    const spot = (index) => at(flat ? Math.max(back.length - 1, from < 0 ? forward.length - 1 : from) - index : index, 1);
    svg.replaceChildren(...forward.slice(1).map((one, index) => this.edge(at(index, 0), at(index + 1, 0), ["done", "failed", "next"].includes(one.state) && forward[index].state === "done" ? "gone" : "")));
    if (back.length) {
      const start = at(from < 0 ? forward.length - 1 : from, 0), first = spot(0);
      svg.append(this.turn(start, first, flat), ...back.slice(1).map((one, index) => this.edge(spot(index), spot(index + 1), one.state === "done" ? "back" : "")));
    }
    svg.append(...forward.map((one, index) => this.node(one, at(index, 0), "", flat)), ...back.map((one, index) => this.node(one, spot(index), "back ", flat)));
    const tall = flat ? TOP + (back.length ? ROW * 2 : ROW) - 40 : TOP + (forward.length + back.length) * 52 - 18;
    svg.setAttribute("viewBox", `0 0 ${wide} ${tall}`);
    svg.setAttribute("height", tall);
    svg.setAttribute("aria-label", [...forward, ...back].map((one) => `${one.word ?? WORDS[one.step]}: ${STATES[one.state]}`).join(", "));
  }

  across(wide, many) {
    const step = (wide - 104) / (many - 1); // at the right there is room for a turn
    return (index, row) => [42 + index * step, TOP + row * ROW];
  }

  down(many) { return (index, row) => [R + 12, TOP + (index + row * many) * 52]; }

  // Around what is written under a node, or beside it.
  turn([x1, y1], [x2, y2], flat) {
    const out = flat ? 62 : -24, side = flat ? R : -R;
    return draw("path", { class: "edge turn", d: `M${x1 + side} ${y1} C${x1 + side + out} ${y1} ${x2 + side + out} ${y2} ${x2 + side} ${y2}` });
  }

  edge([x1, y1], [x2, y2], kind) {
    const far = Math.hypot(x2 - x1, y2 - y1) || 1, dx = ((x2 - x1) / far) * R, dy = ((y2 - y1) / far) * R;
    return draw("path", { class: `edge ${kind}`, d: `M${x1 + dx} ${y1 + dy} L${x2 - dx} ${y2 - dy}` });
  }

  node(one, [x, y], way, flat) {
    const words = (one.word ?? WORDS[one.step]).split(" "), half = Math.ceil(words.length / 2);
    const label = flat ? [words.slice(0, half).join(" "), words.slice(half).join(" ")] : [words.join(" ")];
    const place = (row, kind) => (flat ? { x, y: y + R + 16 + row * 14, "text-anchor": "middle", class: kind } : { x: x + R + 8, y: y - 1 + row * 15, class: kind });
    const lines = label.filter(Boolean).map((text, row) => draw("text", place(row, ""), text));
    const when = draw("text", place(lines.length, "at"), time(one.at) || (one.state === "to_do" ? "" : STATES[one.state]));
    return draw("g", { class: `${way}${one.state}` }, draw("circle", { cx: x, cy: y, r: R }), draw("text", { class: "glyph", x, y: y + 4.5, "text-anchor": "middle" }, GLYPHS[one.state]), ...lines, when);
  }
}
