// Mouse, touch and keys on the chart: point, drag, zoom, and step from candle to candle.

const ZOOM = 1.2, EDGE = 3;

export class Hands {
  constructor(canvas, chart) {
    this.chart = chart;
    this.grip = null;
    canvas.tabIndex = 0;
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.moved(event));
    canvas.addEventListener("pointerup", () => { this.grip = null; });
    canvas.addEventListener("pointerleave", () => { this.grip = null; chart.point(null); });
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("blur", () => chart.point(null));
  }

  // The candle, counted from the left, that the crosshair stands on: the last without one.
  index() {
    const { pointer, view, art } = this.chart, last = view.seen.length - 1;
    if (!pointer) return last;
    if (pointer.at !== undefined) return Math.max(0, Math.min(last, view.place(pointer.at) - view.first));
    return art ? Math.max(0, Math.min(last, Math.round((pointer.x - EDGE) / art.step - 0.5))) : last;
  }

  down(event) {
    event.target.setPointerCapture(event.pointerId);
    this.grip = { x: event.offsetX, back: this.chart.view.back };
  }

  moved(event) {
    const { chart } = this, { art } = chart;
    if (this.grip && art && Math.abs(event.offsetX - this.grip.x) > 4) {
      chart.view.back = this.grip.back;
      chart.view.move((event.offsetX - this.grip.x) / art.step);
      chart.moved();
    }
    const inside = art && event.offsetX < art.room && event.offsetY < art.bottom;
    chart.point(inside ? { x: event.offsetX, y: event.offsetY } : null);
  }

  wheel(event) {
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (!sideways && !event.ctrlKey && !event.metaKey && document.activeElement !== event.target) return; // the page scrolls
    event.preventDefault();
    if (sideways) this.chart.view.move(-event.deltaX / (this.chart.art?.step ?? 8));
    else this.chart.view.zoom(event.deltaY > 0 ? ZOOM : 1 / ZOOM);
    this.chart.moved();
  }

  key(event) {
    const acts = {
      ArrowLeft: () => this.step(event.shiftKey ? -10 : -1), ArrowRight: () => this.step(event.shiftKey ? 10 : 1),
      PageUp: () => this.step(-this.chart.view.many), PageDown: () => this.step(this.chart.view.many),
      End: () => { this.chart.follow(); this.step(0); }, Home: () => this.step(-Infinity),
      "+": () => this.chart.zoom(1 / ZOOM), "=": () => this.chart.zoom(1 / ZOOM), "-": () => this.chart.zoom(ZOOM),
      Escape: () => this.chart.point(null),
    };
    if (!(event.key in acts) || !this.chart.view.seen.length) return;
    event.preventDefault();
    acts[event.key]();
  }

  // Moves the crosshair by whole candles and what is seen with it, then says what it stands on.
  step(candles) {
    const { chart } = this, { view } = chart;
    const wanted = view.first + this.index() + (chart.pointer ? candles : 0);
    const target = Math.max(0, Math.min(view.all.length - 1, wanted));
    if (target < view.first) view.move(view.first - target);
    if (target >= view.end) view.move(view.end - 1 - target);
    chart.point({ at: view.all[target].at });
    chart.moved();
    chart.speak();
  }
}
