import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countCharacters } from "../../../src/characters.js";
import {
  createColumnMask,
  createMask,
  createTokenizer,
  MASK_NAMES,
  type MaskName,
  type MaskSetting,
  type MaskSpec,
  STRATEGIES,
  type UsageError,
} from "../../../src/masking/index.js";
import { maskErrorOf } from "./mask-error-of.js";
import { someKeys } from "./samples.js";
import { usageErrorOf } from "./usage-error-of.js";

const keys = await someKeys();
const domain = "ip";

/** One value of each setting that makes sense. */
const SETTINGS: Readonly<Record<MaskSetting, MaskSpec[MaskSetting]>> = {
  keyId: keys.keys[0]?.id,
  maxBytes: 100,
  keepLast: 2,
  replacement: "x",
  onInvalid: "null",
  ipv4Prefix: 16,
  ipv6Prefix: 32,
  alphabet: "alphanumeric",
};

describe.each(MASK_NAMES)("%s", (strategy) => {
  const { settings, key } = STRATEGIES[strategy];

  test.each(Object.keys(SETTINGS) as MaskSetting[])("and the setting %s", (setting) => {
    const value = setting === "keyId" && key === "public-key" ? keys.publicKeys[0]?.id : SETTINGS[setting];
    const create = (): unknown => createColumnMask({ strategy, domain, [setting]: value }, keys);
    if (settings.includes(setting)) expect(create).not.toThrow();
    else {
      const error: UsageError = usageErrorOf(create);
      expect(error.code).toBe("mask_invalid");
      expect(error.message).toContain(`the mask ${strategy} has no setting ${setting}`);
    }
  });

  test("refuses a setting that there is not, such as a misspelt one", () => {
    for (const setting of ["maxbytes", "max_bytes", "constructor"]) {
      const spec: MaskSpec = { strategy, domain, ...JSON.parse(`{ "${setting}": 1 }`) };
      expect(usageErrorOf(() => createColumnMask(spec, keys)).code).toBe("mask_invalid");
    }
  });
});

const KEEPING: readonly MaskName[] = ["aes-siv", "aes-gcm", "sealed"];

describe.each(KEEPING)("maxBytes of %s", (strategy) => {
  const byteLimit = fc.integer({ min: 1, max: 300 });

  test("lets a value of just as many bytes pass, and no longer one", async () => {
    await fc.assert(
      fc.asyncProperty(byteLimit, fc.constantFrom("a", "ж", "€", "🙈"), async (maxBytes, character) => {
        const mask = createMask({ strategy, domain, maxBytes }, keys);
        const size = Buffer.byteLength(character);
        const most = character.repeat(Math.floor(maxBytes / size));
        expect(mask(most)).not.toBeNull();
        const error = await maskErrorOf(() => mask(most + character));
        expect(error.code).toBe("too_long");
        expect(error.message).toContain(`${maxBytes} bytes`);
      }),
    );
  });

  test("is what the output's length follows from: never longer, and as long at the most", () => {
    fc.assert(
      fc.property(byteLimit, fc.nat(300), (maxBytes, bytes) => {
        fc.pre(bytes <= maxBytes);
        const spec: MaskSpec = { strategy, domain, maxBytes };
        const length = STRATEGIES[strategy].outputLength(spec) ?? 0;
        const mask = createMask(spec, keys);
        expect(countCharacters(mask("a".repeat(bytes)) ?? "")).toBeLessThanOrEqual(length);
        expect(countCharacters(mask("a".repeat(maxBytes)) ?? "")).toBe(length);
      }),
    );
  });

  test("is not a limit unless it is given", () => {
    expect(createMask({ strategy, domain }, keys)("a".repeat(1_000))).not.toBeNull();
    expect(STRATEGIES[strategy].outputLength({ strategy, domain })).toBe(
      STRATEGIES[strategy].outputLength({ strategy, domain, maxBytes: 64 }),
    );
  });
});

test("maxBytes of token limits what the vault holds", async () => {
  const tokenize = createTokenizer({ strategy: "token", domain, maxBytes: 4 }, keys);
  expect(tokenize("🙈").token).toHaveLength(25);
  expect((await maskErrorOf(() => tokenize("🙈a"))).code).toBe("too_long");
  expect(STRATEGIES.token.outputLength({ strategy: "token", domain })).toBe(25);
});

describe.each<MaskName>([...KEEPING, "token"])("maxBytes of %s", (strategy) => {
  test.each([[0], [-1], [1.5], [Number.NaN], [Number.POSITIVE_INFINITY]])("%d is refused", (maxBytes) => {
    const error = usageErrorOf(() => createColumnMask({ strategy, domain, maxBytes }, keys));
    expect(error.code).toBe("mask_invalid");
    expect(error.message).toContain(strategy);
  });
});
