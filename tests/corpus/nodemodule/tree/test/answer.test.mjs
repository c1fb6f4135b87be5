import assert from "node:assert";
import { test } from "node:test";
import { answer } from "../answer.mjs";

test("it answers", () => assert.equal(answer("/"), "taken in"));
