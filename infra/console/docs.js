// Shows the API's OpenAPI 3.1 document in Swagger UI. Its version 4 reads 3.0 only, so the few differences
// the document uses are rewritten in memory; the file itself stays 3.1.

const combine = ["anyOf", "oneOf", "allOf"];

function to30(node) {
  if (Array.isArray(node)) return node.map(to30);
  if (node === null || typeof node !== "object") return node;
  const found = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, to30(value)]));
  for (const kind of combine) nullable(found, kind);
  if ("const" in found) { found.enum = [found.const]; delete found.const; }
  if (Array.isArray(found.examples)) { [found.example] = found.examples; delete found.examples; }
  for (const [edge, plain] of [["exclusiveMinimum", "minimum"], ["exclusiveMaximum", "maximum"]]) {
    if (typeof found[edge] === "number") { found[plain] = found[edge]; found[edge] = true; }
  }
  if (found.prefixItems) { found.items = { anyOf: found.prefixItems }; delete found.prefixItems; }
  return found;
}

function nullable(schema, kind) {
  if (!Array.isArray(schema[kind])) return;
  const rest = schema[kind].filter((one) => one.type !== "null");
  if (rest.length === schema[kind].length) return;
  schema.nullable = true;
  if (rest.length === 1) { delete schema[kind]; Object.assign(schema, rest[0]); } else schema[kind] = rest;
}

const place = document.getElementById("reference");
try {
  const answer = await fetch("/docs/openapi.json");
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  const spec = { ...to30(await answer.json()), openapi: "3.0.3" };
  place.replaceChildren();
  window.SwaggerUIBundle({ spec, dom_id: "#reference", deepLinking: true, docExpansion: "list", tryItOutEnabled: true });
} catch (error) {
  place.textContent = `The reference cannot be shown: ${error.message}. Run make generate, then load this page again.`;
}
