import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countCharacters } from "../../../src/characters.js";
import {
  createMask,
  isMaskName,
  type Keyring,
  MASK_NAMES,
  type MaskName,
  type MaskSpec,
  STRATEGIES,
} from "../../../src/masking/index.js";
import { comesBackAs, MASKS, someKeys, valuesFor } from "./samples.js";
import { usageErrorOf } from "./usage-error-of.js";

const keys = await someKeys();
const otherKeys = await someKeys();
const domain = "device_id";

describe.each(MASKS)("%s", (strategy) => {
  const described = STRATEGIES[strategy];
  const spec: MaskSpec = { strategy, domain };
  const isKeyed = described.key !== "none";

  test("goes by the name that it is found under", () => {
    expect(described.name).toBe(strategy);
    expect(isMaskName(strategy)).toBe(true);
  });

  test("needs a key exactly if it says so", () => {
    if (isKeyed) expect(usageErrorOf(() => createMask(spec)).code).toBe("key_missing");
    else expect(() => createMask(spec)).not.toThrow();
  });

  test("masks equal values alike exactly if it says that it is deterministic", () => {
    const mask = createMask(spec, keys);
    fc.assert(
      fc.property(valuesFor(strategy), (value) => {
        const output = mask(value);
        expect(mask(value) === output).toBe(described.deterministic);
        expect(createMask(spec, keys)(value) === output).toBe(described.deterministic);
      }),
    );
  });

  test.runIf(described.joinable)("masks different values differently: rows can be joined by it", () => {
    const mask = createMask(spec, keys);
    const canonical = (value: string): string =>
      strategy === "sha256" ? value : comesBackAs(strategy, value);
    fc.assert(
      fc.property(valuesFor(strategy), valuesFor(strategy), (one, other) => {
        expect(mask(one) === mask(other)).toBe(canonical(one) === canonical(other));
      }),
    );
  });

  test("gives other outputs for other keys and other domains, exactly if it is keyed", () => {
    const outputs = (spec: MaskSpec, keys: Keyring, values: readonly string[]): (string | null)[] =>
      values.map(createMask(spec, keys));
    const severalValues = fc.uniqueArray(valuesFor(strategy), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(severalValues, (values) => {
        const these = outputs(spec, keys, values);
        for (const those of [
          outputs(spec, otherKeys, values),
          outputs({ strategy, domain: "other" }, keys, values),
        ]) {
          if (isKeyed) expect(those).not.toEqual(these);
          else expect(those).toEqual(these);
          // Where an output has many more possibilities than there are tests, no two are equal.
          if (isKeyed && canNotCoincide(strategy)) {
            expect(new Set([...these, ...those]).size).toBe(new Set(these).size + new Set(those).size);
          }
        }
      }),
    );
  });

  test("is never longer than it says", () => {
    const mask = createMask(spec, keys);
    const length = described.outputLength(spec) ?? Number.POSITIVE_INFINITY;
    fc.assert(
      fc.property(valuesFor(strategy), (value) => {
        fc.pre(Buffer.byteLength(value, "utf8") <= 64);
        expect(countCharacters(mask(value) ?? "")).toBeLessThanOrEqual(length);
      }),
    );
  });
});

test("redact puts its constant, counted in code points, in the place of all values", () => {
  expect(createMask({ strategy: "redact", domain })("593-47-5928")).toBe("[redacted]");
  expect(STRATEGIES.redact.outputLength({ strategy: "redact", domain })).toBe(10);
  const spec: MaskSpec = { strategy: "redact", domain, replacement: "🙈🙈" };
  expect(createMask(spec)("")).toBe("🙈🙈");
  expect(STRATEGIES.redact.outputLength(spec)).toBe(2);
});

test("null is null for every value, the empty one too", () => {
  expect(createMask({ strategy: "null", domain })("")).toBeNull();
});

test("sha256 digests the value as it is written", () => {
  const mask = createMask({ strategy: "sha256", domain });
  expect(mask("2001:DB8::1")).not.toBe(mask("2001:db8::1"));
  expect(createMask({ strategy: "sha256", domain: "ip" })("x")).toBe(mask("x"));
});

test.each([["md5"], ["toString"], ["__proto__"]])("the name %s is refused", (name) => {
  expect(isMaskName(name)).toBe(false);
  const spec = JSON.parse(`{ "strategy": "${name}", "domain": "ip" }`);
  const error = usageErrorOf(() => createMask(spec));
  expect(error.code).toBe("mask_unknown");
  expect(error.message).toContain("hmac-sha256, sha256, redact, partial, null");
});

test("every name is either masked or needs a vault", () => {
  const needVault = MASK_NAMES.filter((strategy) => {
    const spec: MaskSpec = { strategy, domain };
    return (
      !MASKS.includes(strategy) && usageErrorOf(() => createMask(spec, keys)).code === "mask_needs_vault"
    );
  });
  expect([...MASKS, ...needVault].sort()).toEqual([...MASK_NAMES].sort());
});

/** Not the ones that keep a value's format: it may have few possibilities. */
function canNotCoincide(name: MaskName): boolean {
  return name !== "ff1" && name !== "ip-prefix";
}
