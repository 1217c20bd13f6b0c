import { describe, expect, test } from "vitest";
import {
  createMask,
  createTokenizer,
  createUnmask,
  createVaultOpener,
  MaskError,
  type MaskName,
  type MaskSpec,
} from "../../../src/masking/index.js";
import { maskErrorOf } from "./mask-error-of.js";
import { comesBackAs, MASKS, REVERSIBLE, someKeys } from "./samples.js";

const keys = await someKeys();
const domain = "ip";

/** What a mask makes of a value, or the code of its MaskError; anything else fails the test. */
function outcomeOf(strategy: MaskName, value: string): string | null {
  const mask = createMask({ strategy, domain }, keys);
  try {
    return mask(value);
  } catch (error) {
    if (error instanceof MaskError) return error.code;
    throw error;
  }
}

describe("an empty string", () => {
  test.each<[MaskName, RegExp | null]>([
    ["hmac-sha256", /^[0-9a-f]{64}$/],
    ["sha256", /^e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855$/],
    ["redact", /^\[redacted\]$/],
    ["partial", /^$/],
    ["null", null],
    ["aes-siv", /^s1\..{8}\..{22}$/],
    ["aes-gcm", /^g1\..{8}\..{38}$/],
    ["sealed", /^p1\..{8}\..{80}$/],
    ["ip-truncate", /^not_an_ip$/],
    ["ip-prefix", /^not_an_ip$/],
    ["ff1", /^too_short$/],
  ])("%s", async (strategy, expected) => {
    const outcome = outcomeOf(strategy, "");
    if (expected === null) expect(outcome).toBeNull();
    else expect(outcome).toMatch(expected);
  });
});

const MEBIBYTE = 1024 * 1024;
const LARGE = {
  letters: "a".repeat(MEBIBYTE),
  digits: "1".repeat(MEBIBYTE),
  "two bytes a character": "ж".repeat(MEBIBYTE / 2),
  "four bytes a character": "🙈".repeat(MEBIBYTE / 4),
  colons: ":".repeat(MEBIBYTE),
  "groups of IPv6": "1:".repeat(MEBIBYTE / 2),
  "parts of IPv4": "1.".repeat(MEBIBYTE / 2),
  "per cent signs": "1::1%".repeat(MEBIBYTE / 5),
  "an address with a long zone": `fe80::1%${"a".repeat(MEBIBYTE)}`,
  "an address with a long bad zone": `fe80::1%${"a".repeat(MEBIBYTE)}/`,
};

describe("1 MiB", () => {
  describe.each(MASKS)("%s", (strategy) => {
    test.each(Object.entries(LARGE))("of %s", async (_name, value) => {
      const outcome = outcomeOf(strategy, value);
      const isReversible = REVERSIBLE.includes(strategy);
      if (strategy.startsWith("ip-")) expect(outcome).toBe("not_an_ip");
      else if (strategy === "ff1") expect(outcome).toBe("too_long");
      else if (isReversible) {
        const back = await createUnmask({ strategy, domain }, keys)(outcome ?? "");
        // Not `toBe`, which would print both.
        expect(back === comesBackAs(strategy, value)).toBe(true);
      } else if (strategy !== "null") expect(typeof outcome).toBe("string");
    });
  });

  test.each(Object.entries(LARGE))("token of %s", (_name, value) => {
    const spec: MaskSpec = { strategy: "token", domain };
    const entry = createTokenizer(spec, keys)(value);
    expect(createVaultOpener(domain, keys)(entry) === comesBackAs("token", value)).toBe(true);
  });

  test.each(["aes-siv", "aes-gcm", "sealed", "ip-prefix", "ff1"] as const)(
    "to be unmasked by %s is refused",
    async (strategy) => {
      const unmask = createUnmask({ strategy, domain }, keys);
      for (const text of Object.values(LARGE)) {
        expect((await maskErrorOf(() => unmask(text))).code).toBe("not_masked");
      }
    },
  );
});

describe("a lone surrogate", () => {
  const VALUES = ["\uD800", "a\uDC00b", "\uDC00\uD800", "1234567\uD800"];

  test.each(["aes-siv", "aes-gcm", "sealed"] as const)(
    "%s refuses it: it would not come back",
    async (strategy) => {
      for (const value of VALUES) expect(outcomeOf(strategy, value)).toBe("lone_surrogate");
    },
  );

  test("token refuses it too", async () => {
    const tokenize = createTokenizer({ strategy: "token", domain }, keys);
    for (const value of VALUES)
      expect((await maskErrorOf(() => tokenize(value))).code).toBe("lone_surrogate");
  });

  test.each(["hmac-sha256", "sha256"] as const)("%s takes it as U+FFFD", async (strategy) => {
    for (const value of VALUES) {
      expect(outcomeOf(strategy, value)).toBe(outcomeOf(strategy, value.toWellFormed()));
    }
  });

  test("partial counts it as a character, ff1 and ip-* know no such one", async () => {
    expect(outcomeOf("partial", "1234567\uD800")).toBe("****567\uD800");
    expect(outcomeOf("ff1", "1234567\uD800")).toBe("outside_alphabet");
    expect(outcomeOf("ip-prefix", "192.0.2.1\uD800")).toBe("not_an_ip");
    expect(outcomeOf("ip-truncate", "192.0.2.1\uD800")).toBe("not_an_ip");
  });
});

describe("names of what every object has", () => {
  test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "%s is a value like any other",
    async (value) => {
      for (const strategy of ["aes-siv", "aes-gcm", "sealed"] as const) {
        const mask = createMask({ strategy, domain }, keys);
        for (const masked of [mask(value), mask(value)]) {
          expect(await createUnmask({ strategy, domain }, keys)(masked ?? "")).toBe(value);
        }
      }
      const hmac = createMask({ strategy: "hmac-sha256", domain }, keys);
      expect([hmac(value), hmac(value)]).toEqual([
        hmac(value),
        createMask({ strategy: "hmac-sha256", domain }, keys)(value),
      ]);
      expect(outcomeOf("ff1", value)).toBe("outside_alphabet");
      expect(outcomeOf("ip-prefix", value)).toBe("not_an_ip");
      const entry = createTokenizer({ strategy: "token", domain }, keys)(value);
      expect(createVaultOpener(domain, keys)(entry)).toBe(value);
    },
  );
});

test("no message shows the value that was refused", async () => {
  const secrets: readonly (readonly [MaskName, string])[] = [
    ["ip-prefix", "secret.example.org"],
    ["ip-truncate", "secret.example.org"],
    ["ff1", "secret.example.org"],
    ["ff1", "12345"],
    ["aes-siv", "secret \uD800"],
  ];
  for (const [strategy, value] of secrets) {
    const error = await maskErrorOf(() => createMask({ strategy, domain }, keys)(value));
    expect(error.message).not.toContain(value);
    expect(error.message).not.toContain("secret");
  }
});
