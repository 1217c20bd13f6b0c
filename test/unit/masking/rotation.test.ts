import { describe, expect, test } from "vitest";
import {
  createMask,
  createUnmask,
  envelopeHead,
  generateKey,
  generateKeyPair,
  type MaskSpec,
  parseKeys,
  withSealer,
} from "../../../src/masking/index.js";
import { usageErrorOf } from "./usage-error-of.js";

const [newLine, oldLine] = [generateKey(), generateKey()];
const [newPair, oldPair] = [await generateKeyPair(), await generateKeyPair()];
const before = await withSealer(parseKeys(`${oldLine}\n${oldPair.publicKey}`));
const after = await withSealer(
  parseKeys([newLine, oldLine, newPair.privateKey, oldPair.privateKey].join("\n")),
);
const domain = "ip";
const value = "199.172.111.135";

describe.each(["aes-siv", "aes-gcm", "sealed"] as const)("%s", (strategy) => {
  const spec: MaskSpec = { strategy, domain };
  const idsOf = (keyring: typeof after): string[] =>
    (strategy === "sealed" ? keyring.publicKeys : keyring.keys).map(({ id }) => id);

  test("masks with the first key, and unmasks what any of them masked", async () => {
    const unmask = createUnmask(spec, after);
    const [newId, oldId] = idsOf(after);
    const old = createMask(spec, before)(value) ?? "";
    const fresh = createMask(spec, after)(value) ?? "";
    expect(envelopeHead(old)?.keyId).toBe(oldId);
    expect(envelopeHead(fresh)?.keyId).toBe(newId);
    expect(await unmask(old)).toBe(value);
    expect(await unmask(fresh)).toBe(value);
  });

  test("masks with the key that the spec names", async () => {
    const keyId = idsOf(after)[1] ?? "";
    const keyring = strategy === "sealed" ? await withSealer(after, keyId) : after;
    const masked = createMask({ ...spec, keyId }, keyring)(value) ?? "";
    expect(envelopeHead(masked)?.keyId).toBe(keyId);
    expect(await createUnmask(spec, after)(masked)).toBe(value);
  });

  test("refuses the name of a key that is not there", () => {
    const error = usageErrorOf(() => createMask({ ...spec, keyId: "00000000" }, after));
    expect(error.code).toBe("key_not_held");
    expect(error.message).toContain("00000000");
  });
});

describe.each(["hmac-sha256", "ip-prefix", "ff1"] as const)("%s, which does not name its key", (strategy) => {
  const address = "192.0.2.1";
  const number = "4929-1234-5678-9012";
  const input = strategy === "ff1" ? number : address;

  test("masks with the first key, or the one that the spec names", () => {
    const spec: MaskSpec = { strategy, domain };
    const [newKey, oldKey] = after.keys;
    expect(createMask(spec, after)(input)).toBe(createMask(spec, newKey)(input));
    expect(createMask({ ...spec, keyId: oldKey?.id ?? "" }, after)(input)).toBe(
      createMask(spec, oldKey)(input),
    );
    expect(createMask(spec, oldKey)(input)).toBe(createMask(spec, before)(input));
  });
});

test("each run has a sealed secret of its own, and all of them can be opened", async () => {
  const spec: MaskSpec = { strategy: "sealed", domain };
  const unmask = createUnmask(spec, after);
  const encapsulated = new Set<string>();
  // More runs than the unmask remembers secrets of.
  for (let run = 0; run < 300; run += 1) {
    const keyring = await withSealer(before);
    encapsulated.add(keyring.sealer?.encapsulated.toString("hex") ?? "");
    expect(await unmask(createMask(spec, keyring)(`${run}`) ?? "")).toBe(`${run}`);
  }
  expect(encapsulated.size).toBe(300);
});

test("the sealer belongs to one key: a spec that names another is refused, and not masked with the wrong one", () => {
  const spec: MaskSpec = { strategy: "sealed", domain, keyId: after.publicKeys[1]?.id ?? "" };
  expect(usageErrorOf(() => createMask(spec, after)).code).toBe("key_not_held");
});
