import fc from "fast-check";
import { expect, test } from "vitest";
import { toJsonbText, toStorableText, toTimestamp } from "../../../src/loader/storable.js";

test("a text loses NUL and lone surrogates only", () => {
  expect(toStorableText("a\0b\ud800c 😀")).toBe("a\ufffdb\ufffdc 😀");
});

test("JSON loses NUL and lone surrogates only, in keys too", () => {
  expect(toJsonbText({ "k\0": "v\udfff", "\\u0000": "\\" })).toBe('{"k\ufffd":"v\ufffd","\\\\u0000":"\\\\"}');
});

test("JSON that PostgreSQL can hold is kept as it is", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      fc.pre(!/\\u(0000|d[89a-f])/.test(text));
      expect(toJsonbText(value)).toBe(text);
    }),
  );
});

test("what cannot be stored at all becomes null", () => {
  const circle: unknown[] = [];
  circle.push(circle);
  expect(toJsonbText(circle)).toBeNull();
  expect(toJsonbText("x".repeat(100_000))).toBeNull();
  expect(toJsonbText(JSON.parse(`${"[".repeat(5_000)}${"]".repeat(5_000)}`))).toBeNull();
  expect(toJsonbText("[".repeat(5_000))).not.toBeNull();
});

test("a time that no message can have is null", () => {
  expect(toTimestamp(0)).toBe("1970-01-01T00:00:00.000Z");
  expect([Number.NaN, -1, Number.POSITIVE_INFINITY, 1e15].map(toTimestamp)).toEqual([null, null, null, null]);
});
