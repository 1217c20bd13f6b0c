import { expect, test } from "vitest";
import { parseSchemaName } from "../../../src/config/schema-name.js";
import { UsageError } from "../../../src/errors.js";

test("the default and any plain name", () => {
  expect(parseSchemaName(undefined)).toBe("sqs2pg");
  for (const name of ["etl", "Mixed", "select", "größe", "a-b"]) expect(parseSchemaName(name)).toBe(name);
});

test.each(["", "a.b", "pg_etl", "1a", "a b", 'a"b', "a'b", "a$$b", "x".repeat(64)])(
  "%j cannot be used",
  (name) => {
    expect(() => parseSchemaName(name)).toThrow(UsageError);
  },
);
