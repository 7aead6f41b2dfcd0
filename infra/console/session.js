// Who is signed in: a demo user, made by the platform's own sign-up in one click, or somebody with an account of
// their own; then an ordinary client of the API. What is kept for the other pages of this tab ends with the tab;
// of passwords it is the demo user's alone, until it is changed.

const API = "/api/v1";
const KEPT = "treum-demo-user";
const EARLY_MS = 60_000, DEVICE = "Live console";
const PLAN = "enterprise"; // the plan that shows every page

export class Problem extends Error {
  constructor(status, document) {
    super(document?.detail ?? `the server answered ${status}`);
    this.status = status;
    this.code = document?.code ?? "";
    this.document = document ?? {};
  }

  // The whole problem in sentences: what happened, then each field with what is wrong with it, nothing twice.
  get told() {
    const fields = (this.document.errors ?? []).filter((one) => one.detail !== this.message)
      .map(({ pointer, detail }) => [pointer?.split("/").filter(Boolean).join(" ").replaceAll("_", " "), detail].filter(Boolean).join(": "));
    return [...new Set([this.message, ...fields])].join(". ");
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

const place = (role) => (role ? `${KEPT}-${role}` : KEPT);

export class Session {
  constructor(user, grant, role = null) {
    this.user = user;
    this.role = role;
    this.take(grant);
  }

  // Goes on with the kept demo user, or lets the platform register a new one; one of staff is another person.
  static async demo(role = null) {
    const kept = Session.kept(role);
    if (kept) {
      try {
        return await Session.resume(kept, role);
      } catch (error) {
        if (error.status !== 401) throw error;
        Session.forget(role);
        if (!kept.user.password) throw new Problem(401, { detail: "You are no longer signed in here: sign in again" });
      }
    }
    const made = await post("/_local/demo-user", { plan: PLAN, ...(role ? { roles: [role] } : {}) });
    return Session.signIn({ email: made.email, password: made.password }, role);
  }

  static kept(role = null) {
    return JSON.parse(sessionStorage.getItem(place(role)) ?? "null");
  }

  static forget(role = null) {
    sessionStorage.removeItem(place(role));
  }

  // Signs in with an account of one's own, whose password is not kept. Where an authenticator app protects it,
  // `code` is asked for it.
  static async own(user, code) {
    let grant;
    try {
      grant = await post(`${API}/auth/login`, { ...user, device_name: DEVICE });
    } catch (error) {
      const { challenge_id, device_id } = error.document ?? {};
      if (error.code !== "SECOND_FACTOR_REQUIRED") throw error;
      grant = await code((given) => post(`${API}/auth/login/second-factor`, { challenge_id, device_id, code: given, device_name: DEVICE }));
      if (!grant) return null;
    }
    return new Session({}, grant).met();
  }

  // What needs no session, such as a password that was forgotten.
  static unknown(path, body) { return post(API + path, body); }

  static async resume({ user, grant, ends }, role) {
    try {
      return await new Session(user, { ...grant, expires_in: (ends - Date.now()) / 1000 }, role).met();
    } catch (error) {
      if (error.status !== 401 || !user.password) throw error;
      return Session.signIn(user, role);
    }
  }

  static async signIn(user, role = null) {
    return new Session(user, await post(`${API}/auth/login`, { ...user, device_name: DEVICE }), role).met();
  }

  async met() {
    this.me = await this.get("/users/me");
    return this;
  }

  // Goes on with the tokens that came with a new password, which is nobody's to keep.
  anew(grant) {
    this.user = {};
    this.take(grant);
  }

  take(grant) {
    this.grant = grant;
    this.ends = Date.now() + grant.expires_in * 1000;
    sessionStorage.setItem(place(this.role), JSON.stringify({ user: this.user, grant, ends: this.ends }));
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

  async send(method, path, body, extra = {}) {
    const headers = { Authorization: `Bearer ${await this.token()}`, ...extra };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    return fetch(API + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  }

  async get(path) { return answer(await this.send("GET", path)); }
  async put(path, body) { return answer(await this.send("PUT", path, body)); }
  async post(path, body, extra) { return answer(await this.send("POST", path, body, extra)); }
  async delete(path) { return answer(await this.send("DELETE", path)); }

  // Changes what may have changed meanwhile: reads its version first, and 412 tells of it.
  async patch(path, body) {
    const found = await this.send("GET", path);
    await answer(found);
    return answer(await this.send("PATCH", path, body, { "If-Match": found.headers.get("ETag") }));
  }
}
