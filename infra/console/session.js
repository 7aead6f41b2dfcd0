// The demo user: made by the platform's own sign-up in one click, then an ordinary client of the API.

const API = "/api/v1";
const KEPT = "treum-demo-user";
const EARLY_MS = 60_000;

export class Problem extends Error {
  constructor(status, document) {
    super(document?.detail ?? `the server answered ${status}`);
    this.status = status;
    this.code = document?.code ?? "";
  }
}

async function answer(response) {
  const text = await response.text();
  let body = null;
  try { body = text ? JSON.parse(text) : null; } catch { /* not JSON: the status says enough */ }
  if (!response.ok) throw new Problem(response.status, body);
  return body;
}

async function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  return answer(await fetch(path, { method: "POST", headers, body: JSON.stringify(body ?? {}) }));
}

export class Session {
  constructor(user, grant) {
    this.user = user;
    this.take(grant);
  }

  // Signs the kept demo user in, or lets the platform register a new one on the premium plan.
  static async demo() {
    const kept = Session.kept();
    if (kept) {
      try {
        return await Session.signIn(kept);
      } catch (error) {
        if (error.status !== 401) throw error;
        sessionStorage.removeItem(KEPT);
      }
    }
    const made = await post("/_local/demo-user");
    const user = { email: made.email, password: made.password };
    sessionStorage.setItem(KEPT, JSON.stringify(user));
    return Session.signIn(user);
  }

  static kept() {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  }

  static async signIn(user) {
    const grant = await post(`${API}/auth/login`, { ...user, device_name: "Live console" });
    const session = new Session(user, grant);
    session.me = await session.get("/users/me");
    return session;
  }

  take(grant) {
    this.grant = grant;
    this.ends = Date.now() + grant.expires_in * 1000;
  }

  async token() {
    if (Date.now() > this.ends - EARLY_MS) {
      this.renewing ??= this.renew().finally(() => { this.renewing = null; });
      await this.renewing;
    }
    return this.grant.access_token;
  }

  async renew() {
    const { refresh_token, device_id } = this.grant;
    this.take(await post(`${API}/auth/refresh`, { refresh_token, device_id }));
  }

  async call(method, path) {
    const headers = { Authorization: `Bearer ${await this.token()}` };
    return answer(await fetch(API + path, { method, headers }));
  }

  get(path) { return this.call("GET", path); }
  post(path) { return this.call("POST", path); }
}
