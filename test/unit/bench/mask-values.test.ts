import { isIP } from "node:net";
import { expect, test } from "vitest";
import { DISTINCT, MASK_VALUES } from "../../../bench/support/mask-values.js";

const { IPv4, IPv6, "device ids": deviceIds, "repeated IPv4": repeated } = MASK_VALUES;

test("the values of a kind are what they are called, and none comes twice in a pass", () => {
  for (const values of [IPv4, IPv6, deviceIds]) expect(new Set(values).size).toBe(DISTINCT);
  expect(IPv4.every((value) => isIP(value) === 4)).toBe(true);
  expect(IPv6.every((value) => isIP(value) === 6)).toBe(true);
  expect(deviceIds.every((value) => /^\d{3}-\d{2}-\d{4}$/.test(value))).toBe(true);
});

test("the repeated ones are few enough to be remembered, and the others too many", () => {
  expect(repeated).toHaveLength(DISTINCT);
  expect(new Set(repeated).size).toBe(1_000);
  expect(DISTINCT).toBeGreaterThan(2 * 8_192);
});
