import { expect, test } from "vitest";
import { isRow, largeTraffic, loginTraffic, MEBIBYTE } from "../../../bench/support/traffic.js";

test("login events are the same whenever they are asked for", () => {
  const traffic = loginTraffic(20_000);
  const first = traffic.body(17);
  for (let index = 0; index < 20_000; index += 500) traffic.body(index);
  expect(traffic.body(17)).toBe(first);
  expect(JSON.parse(first)).toHaveProperty("user_id");
});

test("one in a hundred login events is something else, and none when told so", () => {
  const foreign = (share: number): number => {
    const traffic = loginTraffic(10_000, { foreign: share });
    return Array.from({ length: 10_000 }, (_, index) => traffic.body(index)).filter(
      (body) => !body.includes("user_id"),
    ).length;
  };
  expect(foreign(0)).toBe(0);
  expect(foreign(0.01)).toBeGreaterThan(50);
  expect(foreign(0.01)).toBeLessThan(200);
});

test.each([
  { kind: "rows", isWide: false },
  { kind: "rows", isWide: true },
  { kind: "rejects", isWide: false },
  { kind: "rejects", isWide: true },
] as const)("large bodies weigh exactly one mebibyte: %o", (options) => {
  const traffic = largeTraffic(40, options);
  for (const index of [0, 1, 2, 3, 20, 39]) {
    const body = traffic.body(index);
    expect(Buffer.byteLength(body)).toBe(MEBIBYTE);
    expect(/[^\0-\xff]/.test(body)).toBe(options.isWide);
    const isLogin = isRow(index, options.kind);
    if (isLogin) expect(JSON.parse(body)).toHaveProperty("device_id");
    else if (index % 2 === 0) expect(JSON.parse(body)).not.toHaveProperty("user_id");
    else expect(() => JSON.parse(body)).toThrow();
  }
});
