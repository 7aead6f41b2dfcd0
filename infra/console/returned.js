// Where the gateway's page leads back to: it says so, and takes nobody's word for what was paid.

import { $ } from "/dom.js";
import { settle } from "/frame.js";

settle();
const asked = new URLSearchParams(location.search), paid = asked.has("paid") || asked.has("begun");
$("title").textContent = paid ? "Thank you" : "Nothing was paid";
