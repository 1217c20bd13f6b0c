import fc from "fast-check";
import { expect, test } from "vitest";
import { toUuid } from "../../../src/message-id.js";

test("a UUID is itself, in lower case", () => {
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      expect(toUuid(id.toUpperCase())).toBe(id.toLowerCase());
    }),
  );
});

test("anything else has a UUID of version 5 of its own", () => {
  expect(toUuid("message-1")).toBe(toUuid("message-1"));
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      expect(toUuid(one)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(toUuid(one) === toUuid(other)).toBe(one === other);
    }),
  );
});

test("it never changes, since ledgers hold it", () => {
  expect(toUuid("message-1")).toBe("9ea4055e-8d2e-5b3e-93b0-fa70a4e6c929");
});
