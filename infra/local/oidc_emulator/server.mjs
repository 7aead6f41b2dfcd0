// The local OpenID Connect provider: oauth2-mock-server as it comes, people of one's choice, keys that rotate.
//
// node server.mjs MODULES PORT, and a secret on standard input: MODULES is the folder of node_modules. Beside the
// protocol it answers, to whoever knows the secret, under /_emulator: people, tokens, keys, counts.
import { createHash, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const [modules, port] = process.argv.slice(2);
const secret = (await text(process.stdin)).trim();
const { OAuth2Issuer, OAuth2Service } = await import(
  pathToFileURL(`${modules}/oauth2-mock-server/dist/index.mjs`).href
);
const issuer = new OAuth2Issuer();
issuer.url = `http://127.0.0.1:${port}/`;

// the library signs by turns with every key it has: as at a tenant, only the newest signs here, and those that
// were withdrawn are not published
const keys = issuer.keys;
const [find, list] = [keys.get.bind(keys), keys.toJSON.bind(keys)];
let published = [];
keys.get = (kid) => find(kid ?? published.at(-1));
keys.toJSON = (secrets) => list(secrets).filter((key) => published.includes(key.kid));
const rotate = async (kept) => {
  const made = await keys.generate("RS256");
  published = [...published, made.kid].slice(-kept);
  return { kid: made.kid, published };
};
await rotate(1);

const service = new OAuth2Service(issuer, {
  jwks: "/.well-known/jwks.json",
  token: "/oauth/token",
});
const people = new Map();
const codes = new Map(); // code -> whose it is
const asked = {};
const subject = (login) => `auth0|${createHash("sha256").update(login).digest("hex").slice(0, 24)}`;
const person = (login) => ({ sub: subject(login), email: login, email_verified: true, ...people.get(login) });

service.on("beforeAuthorizeRedirect", ({ url }, request) => {
  codes.set(url.searchParams.get("code"), request.query.login_hint ?? "somebody@treum.example");
});
service.on("beforeTokenSigning", ({ payload }, request) => {
  const login = codes.get(request.body.code);
  if (login !== undefined) Object.assign(payload, person(login));
});
service.on("beforeResponse", (answer, request) => {
  // the library takes a code without a verifier as well, and one whose code was never given
  if (request.body.grant_type !== "authorization_code") return;
  const known = codes.delete(request.body.code) && request.body.code_verifier !== undefined;
  if (known && request.body.client_secret === secret) return;
  answer.statusCode = known ? 401 : 403;
  answer.body = { error: known ? "access_denied" : "invalid_grant" };
});

const controls = {
  people: async ({ login, claims }) => {
    people.set(login, claims);
    return person(login);
  },
  tokens: async ({ login, audience, claims }) => {
    const said = { ...person(login), aud: audience, jti: randomUUID(), ...claims };
    return { id_token: await issuer.buildToken({ scopesOrTransform: (_, body) => Object.assign(body, said) }) };
  },
  keys: async ({ kept }) => rotate(kept ?? 2),
  counts: async () => asked,
};

async function control(request, response) {
  const act = controls[request.url.slice("/_emulator/".length)];
  const known = request.headers.authorization === `Bearer ${secret}` && act;
  const parts = [];
  for await (const part of request) parts.push(part);
  const answer = known ? await act(JSON.parse(Buffer.concat(parts).toString() || "{}")) : { error: "unknown" };
  response.writeHead(known ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(answer));
}

createServer((request, response) => {
  const path = request.url.split("?")[0];
  if (path.startsWith("/_emulator/")) return void control(request, response);
  asked[path] = (asked[path] ?? 0) + 1;
  service.requestHandler(request, response);
}).listen(Number(port), "127.0.0.1");
