// Which candles are seen: a stretch that follows the newest, or stands where the reader moved it.

const FEWEST = 16, WIDEST_ROOM = 8, MOST = 1200;

export class View {
  constructor() {
    this.live = [];
    this.past = null; // candles of another time, shown instead of the newest
    this.wide = 0; // how many are seen; 0 until the reader chooses: as many as fit well
    this.back = 0; // how many newer ones lie to the right of what is seen
    this.room = 600;
  }

  get all() { return this.past ?? this.live; }
  get many() { return Math.max(FEWEST, this.wide || Math.floor(this.room / WIDEST_ROOM)); }
  get end() { return this.all.length - this.back; }
  get first() { return Math.max(0, this.end - this.many); }
  get seen() { return this.all.slice(this.first, this.end); }
  get following() { return this.past === null && this.back === 0; }

  show(candles) {
    this.live = candles.slice(-MOST);
    this.follow();
  }

  push(candle) {
    const last = this.live.at(-1);
    if (last && candle.at < last.at) return;
    const again = last && candle.at === last.at;
    if (again) this.live.pop();
    this.live.push(candle);
    if (this.live.length > MOST) this.live.shift();
    if (this.back && !this.past && !again) this.back = Math.min(this.back + 1, this.live.length - FEWEST);
  }

  // Puts older candles before those that are there; what is seen stays where it is.
  prepend(candles) {
    const oldest = this.live[0]?.at ?? Infinity;
    this.live = [...candles.filter((one) => one.at < oldest), ...this.live];
  }

  // The same candles with some between them that were missing; what is seen ends where it ended.
  refill(candles) {
    const end = this.past ? null : this.live[this.live.length - 1 - this.back]?.at;
    this.live = candles;
    if (this.back && end) this.back = Math.max(0, candles.length - 1 - candles.findIndex((one) => one.at >= end));
  }

  follow() {
    this.past = null;
    this.back = 0;
  }

  revisit(candles) {
    this.past = candles;
    this.back = 0;
  }

  move(candles) {
    const most = Math.max(0, this.all.length - Math.min(this.many, this.all.length));
    this.back = Math.max(0, Math.min(most, this.back + Math.round(candles)));
  }

  zoom(factor) {
    const most = Math.max(FEWEST, Math.min(this.all.length, Math.floor(this.room / 2)));
    this.wide = Math.max(FEWEST, Math.min(most, Math.round(this.many * factor)));
    this.move(0);
  }

  // The first candle that closed at or after the instant; the last where there is none.
  place(at) {
    const { all } = this;
    let low = 0, high = all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (all[middle].at < at) low = middle + 1; else high = middle;
    }
    return Math.min(low, all.length - 1);
  }

  holds(at) { return this.all.length > 0 && at >= this.all[0].at && at <= this.all.at(-1).at; }

  // Makes the stretch from one instant to another visible, with room around it.
  reveal(from, to) {
    const start = this.place(from), stop = this.place(to);
    const newest = this.all.length - 1;
    if (newest - start < this.many * 0.8) { this.back = 0; return; }
    const middle = Math.round((start + stop) / 2);
    this.back = 0;
    this.move(newest - Math.max(stop + 4, Math.round(middle + this.many / 2)));
  }
}
