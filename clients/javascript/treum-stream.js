// Reference client of TREUM's realtime stream for browsers: in order, once, and never silently less.
//
//   const stream = new TreumStream({
//     url: "wss://…/live",
//     ticket: async () => (await post("/api/v1/realtime/tickets")).ticket,
//     onEvent: (channel, frame) => …, onGap: (gap) => …, onError: (code) => …, onState: (state) => …,
//   });
//   stream.subscribe("signals");

const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 20000;
const ASK_AGAIN_AFTER = 5; // a slow server must not be asked for the same replay again and again

// Where a client stands on one channel. Pure: frames in, deliverable events out.
export class Position {
  constructor(channel) {
    this.channel = channel;
    this.epoch = null;
    this.following = 0; // the next offset to deliver
    this.exact = true;
    this.duplicates = 0;
    this.held = new Map();
  }

  since() {
    return this.epoch === null || !this.exact ? undefined : { epoch: this.epoch, offset: this.following - 1 };
  }

  subscribed(frame) {
    this.exact = "epoch" in frame;
    if (!this.exact) return [];
    if (this.epoch === null || !frame.recovered) {
      // the first time, or what was missed is told by a gap frame: what comes next is what counts
      this.epoch = frame.epoch;
      this.following = frame.offset + 1;
    }
    return this.ready();
  }

  event(frame) {
    const known = this.epoch !== null || !this.exact;
    if ((known && frame.offset < this.following) || this.held.has(frame.offset)) {
      this.duplicates += 1;
      return [];
    }
    if (!this.exact) {
      this.following = frame.offset + 1; // only the newest counts
      return [frame];
    }
    this.held.set(frame.offset, frame);
    return this.epoch === null ? [] : this.ready();
  }

  behind(head) {
    return this.epoch !== null && this.exact && head >= this.following;
  }

  get waiting() {
    return this.epoch !== null && this.held.size > 0;
  }

  ready() {
    for (const offset of [...this.held.keys()]) if (offset < this.following) this.held.delete(offset);
    const found = [];
    while (this.held.has(this.following)) {
      found.push(this.held.get(this.following));
      this.held.delete(this.following);
      this.following += 1;
    }
    return found;
  }
}

export class TreumStream {
  constructor({ url, ticket, onEvent, onGap, onError, onState, pingMs = 300000, patienceMs = 2000 }) {
    const nothing = () => {};
    Object.assign(this, { url, ticket, pingMs, patienceMs });
    Object.assign(this, { onEvent, onGap: onGap ?? nothing, onError: onError ?? nothing, onState: onState ?? nothing });
    this.positions = new Map();
    this.unanswered = new Set();
    this.askedAt = new Map();
    this.holes = new Map();
    this.closed = false;
    this.backoff = FIRST_BACKOFF_MS;
    this.connect();
  }

  subscribe(channel) {
    if (!this.positions.has(channel)) this.positions.set(channel, new Position(channel));
    this.ask(channel);
  }

  unsubscribe(channel) {
    this.positions.delete(channel);
    this.send({ action: "unsubscribe", channel });
  }

  close() {
    this.closed = true;
    clearInterval(this.keeper);
    this.socket?.close();
  }

  async connect() {
    this.onState("connecting");
    try {
      const ticket = await this.ticket();
      if (this.closed) return;
      this.socket = new WebSocket(`${this.url}?ticket=${encodeURIComponent(ticket)}`);
    } catch {
      this.again();
      return;
    }
    const socket = this.socket;
    socket.onopen = () => this.opened(socket);
    socket.onmessage = (message) => socket === this.socket && this.take(JSON.parse(message.data));
    socket.onclose = () => socket === this.socket && this.lost();
  }

  opened(socket) {
    if (socket !== this.socket) return;
    this.backoff = FIRST_BACKOFF_MS;
    this.pinged = false;
    this.lastPing = Date.now();
    this.onState("open");
    for (const channel of this.positions.keys()) this.ask(channel);
    this.keeper = setInterval(() => this.keep(), Math.min(this.patienceMs, this.pingMs));
  }

  lost() {
    this.socket = null;
    clearInterval(this.keeper);
    this.onState("closed");
    this.again();
  }

  again() {
    if (this.closed) return;
    setTimeout(() => this.connect(), this.backoff * (0.5 + Math.random() / 2));
    this.backoff = Math.min(this.backoff * 2, LONGEST_BACKOFF_MS);
  }

  keep() {
    for (const [channel, position] of this.positions) {
      const stuck = position.waiting && this.holes.get(channel) === position.following;
      this.holes.set(channel, position.following);
      const patient = Date.now() - (this.askedAt.get(channel) ?? 0) < this.patienceMs * ASK_AGAIN_AFTER;
      if ((stuck || this.unanswered.has(channel)) && !patient) this.ask(channel);
    }
    if (Date.now() - this.lastPing < this.pingMs) return;
    if (this.pinged) return this.socket?.close(); // the last ping was never answered
    this.pinged = true;
    this.lastPing = Date.now();
    this.send({ action: "ping" });
  }

  take(frame) {
    const position = this.positions.get(frame.channel);
    if (frame.type === "event" && position) this.deliver(position, position.event(frame));
    else if (frame.type === "subscribed" && position) {
      this.unanswered.delete(frame.channel);
      this.deliver(position, position.subscribed(frame));
    } else if (frame.type === "gap") this.onGap(frame);
    else if (frame.type === "pong") {
      this.pinged = false;
      for (const [channel, head] of Object.entries(frame.heads))
        if (this.positions.get(channel)?.behind(head)) this.ask(channel);
    } else if (frame.type === "reconnect") setTimeout(() => this.socket?.close(), frame.after_ms);
    else if (frame.type === "error") this.refused(frame.code);
  }

  deliver(position, events) {
    for (const event of events) this.onEvent(position.channel, event);
  }

  refused(code) {
    if (code === "RESUBSCRIBE") {
      for (const channel of this.positions.keys()) this.ask(channel);
    } else if (code !== "TEMPORARILY_UNAVAILABLE") {
      this.unanswered.clear(); // no use in asking again
      this.onError(code);
    }
  }

  ask(channel) {
    this.unanswered.add(channel);
    this.askedAt.set(channel, Date.now());
    this.send({ action: "subscribe", channel, since: this.positions.get(channel)?.since() });
  }

  send(frame) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }
}
