import { expect, test } from "vitest";
import { UsageError } from "../../../src/errors.js";
import { stepFailure } from "../../../src/loader/migrations/user-failure.js";

const WHERE = { file: "migrations/1_a.mjs", url: "file:///w/migrations/1_a.mjs" };

function errorWith(message: string, fields: Record<string, unknown>): Error {
  return Object.assign(new Error(message), fields);
}

test.each([
  ["a network error", errorWith("read ECONNRESET", { code: "ECONNRESET" })],
  ["a connection that ended", new Error("Connection terminated unexpectedly")],
  ["a server that shuts down", errorWith("x", { severity: "FATAL", code: "57P01" })],
  ["what was explained already", new UsageError("migration_invalid", "x")],
])("%s is none of the migration's mistakes", (_what, error) => {
  expect(stepFailure(error, WHERE)).toBe(error);
});

test("anything else is, with the file, and its line where the stack has it", () => {
  const error = errorWith("canary", { stack: "Error: canary\n    at up (file:///w/migrations/1_a.mjs:7:3)" });
  expect(stepFailure(error, WHERE)).toMatchObject({
    code: "migration_failed",
    message: expect.stringMatching(/^migrations\/1_a\.mjs:7 threw Error: /),
  });
  expect(stepFailure("canary", WHERE).message).toMatch(/^migrations\/1_a\.mjs threw string: /);
  const refused = errorWith("canary", { severity: "ERROR", code: "99999", stack: "" });
  expect(stepFailure(refused, WHERE).message).toMatch(
    /^migrations\/1_a\.mjs: PostgreSQL refused it, SQLSTATE 99999: /,
  );
});
