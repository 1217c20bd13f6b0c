import fc from "fast-check";
import { expect, test } from "vitest";
import { createStamps } from "../../../src/drain/stamps.js";
import { createVirtualClock } from "../../support/virtual-clock.js";

test("no two stamps are the same, and they rise, even when the clock stands still or goes back", () => {
  const times = fc.array(fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_050 }), { minLength: 2 });
  fc.assert(
    fc.property(times, (nows) => {
      let now = 0;
      const next = createStamps({ ...createVirtualClock(), now: () => now });
      const stamps = nows.map((time) => {
        now = time;
        return next();
      });
      expect(stamps).toEqual([...new Set(stamps)].sort());
    }),
  );
});

test("a stamp is the time in microseconds, as PostgreSQL keeps it", () => {
  const next = createStamps({ ...createVirtualClock(), now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6) });
  expect(next()).toBe("2026-01-02T03:04:05.006000Z");
  expect(next()).toBe("2026-01-02T03:04:05.006001Z");
  for (let count = 2; count < 1_000; count += 1) next();
  expect(next()).toBe("2026-01-02T03:04:05.007000Z");
});
