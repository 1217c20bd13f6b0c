import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, test } from "vitest";
import { createMask, createUnmask, type MaskSpec, STRATEGIES } from "../../../src/masking/index.js";
import { maskErrorOf } from "./mask-error-of.js";
import { someKeys } from "./samples.js";
import { usageErrorOf } from "./usage-error-of.js";

const keys = await someKeys();
const domain = "ip";
const NO_ADDRESSES = [
  "",
  "localhost",
  "010.0.0.1",
  "1.2.3",
  "10.0.0.0/8",
  "2001:db8::/32",
  "fe80::1%eth0",
  "::ffff:1.2.3.4%eth0",
  " 1.2.3.4",
  "1.2.3.4:80",
];

/** An address as a number; the other side of it is ipaddr.js. */
interface Address {
  readonly bits: 32 | 128;
  readonly number: bigint;
}
const addresses: fc.Arbitrary<Address> = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((number) => ({ bits: 32 as const, number })),
  fc
    .bigInt({ min: 0n, max: 2n ** 128n - 1n })
    .filter((number) => number >> 32n !== 0xffffn)
    .map((number) => ({ bits: 128 as const, number })),
);

function textOf({ bits, number }: Address): string {
  const bytes = Array.from({ length: bits / 8 }, (_, index) =>
    Number((number >> BigInt(bits - 8 - index * 8)) & 0xffn),
  );
  return ipaddr.fromByteArray(bytes).toString();
}

function numberOf(text: string | null): Address {
  const bytes = ipaddr.parse(text ?? "").toByteArray();
  return {
    bits: bytes.length === 4 ? 32 : 128,
    number: bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n),
  };
}

/** How many leading bits two addresses of one kind share. */
function commonPrefix(one: Address, other: Address): number {
  const difference = one.number ^ other.number;
  return difference === 0n ? one.bits : one.bits - difference.toString(2).length;
}

describe.each(["ip-truncate", "ip-prefix"] as const)("%s and what is no address", (strategy) => {
  test.each(NO_ADDRESSES)("%j", async (value) => {
    for (const spec of [
      { strategy, domain },
      { strategy, domain, onInvalid: "reject" },
    ] as const) {
      const error = await maskErrorOf(() => createMask(spec, keys)(value));
      expect(error.code).toBe("not_an_ip");
      if (value !== "") expect(error.message).not.toContain(value);
    }
    expect(createMask({ strategy, domain, onInvalid: "null" }, keys)(value)).toBeNull();
    expect(createMask({ strategy, domain, onInvalid: "hmac" }, keys)(value)).toBe(
      createMask({ strategy: "hmac-sha256", domain }, keys)(value),
    );
  });

  test("is told from what is one, whatever becomes of the rest", () => {
    const spec: MaskSpec = { strategy, domain };
    for (const onInvalid of ["reject", "null", "hmac"] as const) {
      for (const value of ["1.2.3.4", "::ffff:1.2.3.4", "::FFFF:102:304"]) {
        const masked = createMask({ ...spec, onInvalid }, keys)(value);
        expect(masked).toBe(createMask(spec, keys)("1.2.3.4"));
        expect(numberOf(masked).bits).toBe(32);
      }
    }
  });

  test("has as many characters as an address may have, or as an HMAC has", () => {
    const { outputLength } = STRATEGIES[strategy];
    expect(outputLength({ strategy, domain })).toBe("ffff:".repeat(8).length - 1);
    expect(outputLength({ strategy, domain, onInvalid: "null" })).toBe(39);
    expect(outputLength({ strategy, domain, onInvalid: "hmac" })).toBe(64);
  });

  test("is never masked by its HMAC without a key", () => {
    const spec: MaskSpec = { strategy, domain, onInvalid: "hmac" };
    expect(usageErrorOf(() => createMask(spec)).code).toBe("key_missing");
    expect(usageErrorOf(() => createMask({ ...spec, keyId: "00000000" }, keys)).code).toBe("key_not_held");
  });
});

describe("ip-truncate", () => {
  test("keeps the leading bits and clears the others, for every prefix length", () => {
    fc.assert(
      fc.property(addresses, (address) => {
        for (let prefix = 0; prefix <= address.bits; prefix += 1) {
          const kept = address.bits === 32 ? { ipv4Prefix: prefix } : { ipv6Prefix: prefix };
          const cleared = BigInt(address.bits - prefix);
          const expected = { ...address, number: (address.number >> cleared) << cleared };
          expect(createMask({ strategy: "ip-truncate", domain, ...kept })(textOf(address))).toBe(
            textOf(expected),
          );
        }
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ["199.172.111.135", "199.172.111.0"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1::"],
    ["::ffff:199.172.111.135", "199.172.111.0"],
  ])("%s becomes %s unless the spec says otherwise", (value, truncated) => {
    expect(createMask({ strategy: "ip-truncate", domain })(value)).toBe(truncated);
  });

  test.each([
    [{ ipv4Prefix: -1 }],
    [{ ipv4Prefix: 33 }],
    [{ ipv4Prefix: 1.5 }],
    [{ ipv4Prefix: Number.NaN }],
    [{ ipv6Prefix: -1 }],
    [{ ipv6Prefix: 129 }],
    [{ ipv6Prefix: Number.POSITIVE_INFINITY }],
  ])("%o is refused", (prefix) => {
    const spec: MaskSpec = { strategy: "ip-truncate", domain, ...prefix };
    expect(usageErrorOf(() => createMask(spec)).code).toBe("mask_invalid");
  });
});

describe("ip-prefix", () => {
  const spec: MaskSpec = { strategy: "ip-prefix", domain };
  const mask = createMask(spec, keys);
  const unmask = createUnmask(spec, keys);

  test("keeps the kind of an address, and the length of the prefix that two of them share", () => {
    // Two addresses that differ first at a bit of which all are equally likely.
    const pairs = fc
      .tuple(addresses, fc.nat(128), fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }))
      .map(([one, shared, noise]): [Address, Address] => {
        const others = BigInt(Math.max(0, one.bits - shared));
        const number = ((one.number >> others) << others) | (noise & ((1n << others) - 1n));
        return [one, { ...one, number }];
      });
    fc.assert(
      fc.property(pairs, ([one, other]) => {
        fc.pre(one.bits === 32 || other.number >> 32n !== 0xffffn);
        const [first, second] = [numberOf(mask(textOf(one))), numberOf(mask(textOf(other)))];
        expect(first.bits).toBe(one.bits);
        expect(commonPrefix(first, second)).toBe(commonPrefix(one, other));
      }),
      { numRuns: 1_000 },
    );
  });

  test("gives each address another one: all of a /24 come out as all of a /24", () => {
    const last = (text: string | null): number => Number(numberOf(text).number & 0xffn);
    const outputs = Array.from({ length: 256 }, (_, index) => mask(`192.0.2.${index}`));
    expect(outputs.map(last).sort((one, other) => one - other)).toEqual(outputs.map((_, index) => index));
    expect(new Set(outputs.map((text) => text?.replace(/\.\d+$/, ""))).size).toBe(1);
  });

  test.each(NO_ADDRESSES)("does not unmask %j", async (value) => {
    expect((await maskErrorOf(() => unmask(value))).code).toBe("not_masked");
  });
});
