import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMask, type Mask } from "../../../src/masking/index.js";
import { usageErrorOf } from "./usage-error-of.js";

function keeping(keepLast: number): Mask {
  return createMask({ strategy: "partial", domain: "device_id", keepLast });
}

describe("the last characters stay", () => {
  test.each([
    [4, "593-47-5928", "*******5928"],
    [4, "12345", "*2345"],
    [4, "1234", "****"],
    [4, "1", "*"],
    [4, "", ""],
    [0, "1234", "****"],
    [2, "a🙈🙉🙊", "**🙉🙊"],
    [2, "🙈🙉", "**"],
  ])("keepLast %d of %j", (keepLast, value, masked) => {
    expect(keeping(keepLast)(value)).toBe(masked);
  });

  test("four of them unless the spec says otherwise", () => {
    expect(createMask({ strategy: "partial", domain: "device_id" })("593-47-5928")).toBe("*******5928");
  });
});

test("it never shows more than it may, and keeps the length", () => {
  const text = fc.string({ unit: "binary", maxLength: 40 }).filter((value) => !value.includes("*"));
  fc.assert(
    fc.property(text, fc.nat(20), (value, keepLast) => {
      const input = Array.from(value);
      const output = Array.from(keeping(keepLast)(value) ?? "");
      const shown = output.filter((codePoint) => codePoint !== "*");
      expect(output).toHaveLength(input.length);
      expect(shown).toEqual(input.length > keepLast ? input.slice(input.length - keepLast) : []);
    }),
  );
});

test.each([[-1], [1.5], [Number.NaN], [Number.POSITIVE_INFINITY]])("keepLast %d is refused", (keepLast) => {
  expect(usageErrorOf(() => keeping(keepLast)).code).toBe("mask_invalid");
});
