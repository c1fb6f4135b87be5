import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";

import { answer, makeServer } from "../app.js";

test("the front page greets", () => {
  assert.deepEqual(answer("/"), [200, "Hello from orders\n"]);
});

test("an unknown path is not found", () => {
  assert.equal(answer("/nowhere")[0], 404);
});

test("it says that it is healthy", async () => {
  const server = makeServer().listen(0);
  await once(server, "listening");
  const response = await fetch(`http://127.0.0.1:${server.address().port}/healthz`);
  assert.equal(response.status, 200);
  assert.equal(await response.text(), "ok\n");
  server.closeAllConnections();
  server.close();
});
