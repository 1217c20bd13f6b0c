import { expect, test } from "vitest";
import type { Message } from "../../../src/message.js";
import { guardTransform } from "../../../src/transform/guard.js";

const message: Message = { messageId: "1", body: "secret", sentAtMs: 0, receiveCount: 1, attributes: {} };

test("a transform that throws rejects its message, without a word of what it was about", () => {
  const outcome = guardTransform(({ body }) => {
    throw new Error(body);
  })(message);
  expect(outcome).toMatchObject({ reject: { stage: "transform", code: "internal", field: null } });
  expect(JSON.stringify(outcome)).not.toContain("secret");
});

test("what it answers is passed on", () => {
  const outcome = { rows: [{ target: 0, values: [1] }] };
  expect(guardTransform(() => outcome)(message)).toBe(outcome);
});
