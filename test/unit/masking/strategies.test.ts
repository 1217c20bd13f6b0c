import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createMask,
  generateKey,
  isMaskName,
  MASK_NAMES,
  type MaskSpec,
  parseKey,
  STRATEGIES,
} from "../../../src/masking/index.js";
import { usageErrorOf } from "./usage-error-of.js";

const key = parseKey(generateKey());
const text = fc.string({ unit: "grapheme" });
const domain = "device_id";

describe.each(MASK_NAMES)("%s", (strategy) => {
  const described = STRATEGIES[strategy];
  const spec: MaskSpec = { strategy, domain };

  test("goes by the name that it is found under", () => {
    expect(described.name).toBe(strategy);
    expect(isMaskName(strategy)).toBe(true);
  });

  test("needs a key exactly if it says so", () => {
    if (described.keyed) expect(usageErrorOf(() => createMask(spec)).code).toBe("key_missing");
    else expect(() => createMask(spec)).not.toThrow();
  });

  test("gives another output for another key exactly if it is keyed", () => {
    const other = parseKey(generateKey());
    expect(createMask(spec, key)("593-47-5928") === createMask(spec, other)("593-47-5928")).toBe(
      !described.keyed,
    );
  });

  test("is as deterministic as it says, and never longer than it says", () => {
    const length = described.outputLength(spec) ?? Number.POSITIVE_INFINITY;
    fc.assert(
      fc.property(text, (value) => {
        const output = createMask(spec, key)(value);
        if (described.deterministic) expect(createMask(spec, key)(value)).toBe(output);
        expect(Array.from(output ?? "").length).toBeLessThanOrEqual(length);
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
