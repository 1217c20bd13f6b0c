import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createMask,
  createUnmask,
  MASK_NAMES,
  type MaskSpec,
  NO_KEYS,
  STRATEGIES,
} from "../../../src/masking/index.js";
import { comesBackAs, REVERSIBLE, someKeys, valuesFor } from "./samples.js";
import { usageErrorOf } from "./usage-error-of.js";

const keys = await someKeys();
const domain = "ip";

describe.each(REVERSIBLE)("%s", (strategy) => {
  test("gives back what was masked, by an unmask that was made apart", async () => {
    const spec: MaskSpec = { strategy, domain };
    const mask = createMask(spec, keys);
    const unmask = createUnmask(spec, keys);
    await fc.assert(
      fc.asyncProperty(valuesFor(strategy), async (value) => {
        const masked = mask(value);
        expect(masked).not.toBeNull();
        expect(await unmask(masked ?? "")).toBe(comesBackAs(strategy, value));
      }),
    );
  });
});

test.each(REVERSIBLE)("%s gives nothing back without a key", async (strategy) => {
  const spec: MaskSpec = { strategy, domain };
  const masked = createMask(spec, keys)(strategy === "ff1" ? "593-47-5928" : "192.0.2.1") ?? "";
  const unmasked = async (): Promise<string> => createUnmask(spec, NO_KEYS)(masked);
  const code = STRATEGIES[strategy].namesKey ? "key_not_held" : "key_missing";
  await expect(unmasked()).rejects.toMatchObject({ code });
});

test("these can be got back, and all others say that they cannot", () => {
  expect(REVERSIBLE).toEqual(["aes-siv", "aes-gcm", "sealed", "ip-prefix", "ff1"]);
  for (const strategy of MASK_NAMES.filter((name) => !REVERSIBLE.includes(name))) {
    const error = usageErrorOf(() => createUnmask({ strategy, domain }, keys));
    expect(error.code).toBe("mask_irreversible");
    expect(error.message).toContain(strategy);
  }
});

test("the spellings of one IP address come back as the canonical one, where rows are joined by it", async () => {
  for (const [strategy, back] of [
    ["aes-siv", "2001:db8::1"],
    ["ip-prefix", "2001:db8::1"],
    ["aes-gcm", "2001:DB8::0:1"],
    ["sealed", "2001:DB8::0:1"],
  ] as const) {
    const masked = createMask({ strategy, domain }, keys)("2001:DB8::0:1") ?? "";
    expect(await createUnmask({ strategy, domain }, keys)(masked), strategy).toBe(back);
  }
});
