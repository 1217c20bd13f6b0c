import { isIP, isIPv6 } from "node:net";
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, test } from "vitest";
import { canonicalIp } from "../../../src/masking/index.js";

describe("IPv6 has one spelling", () => {
  test.each([
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["::ffff:1.2.3.4", "1.2.3.4"],
    ["::FFFF:0102:0304", "1.2.3.4"],
    ["0:0:0:0:0:ffff:1.2.3.4", "1.2.3.4"],
    ["::1.2.3.4", "::102:304"],
    ["::ffff:0:1.2.3.4", "::ffff:0:102:304"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["FE80::0001%eth0", "fe80::1%eth0"],
    ["fe80::1%Eth0.1-a", "fe80::1%Eth0.1-a"],
    ["::ffff:1.2.3.4%eth0", "1.2.3.4"],
  ])("%s", (value, canonical) => {
    expect(canonicalIp(value)).toBe(canonical);
  });
});

describe("left as it is", () => {
  test.each([
    ["1.2.3.4"],
    ["010.0.0.1"],
    ["1.2.3"],
    ["0x7f.1"],
    ["1.2.3.4:80"],
    ["[::1]"],
    ["::1/64"],
    [" ::1"],
    ["::1\n"],
    ["fe80::1%"],
    ["1.2.3.4%a:b"],
    ["%::1"],
    ["fe80::1%eth0%eth1"],
    ["FE80::1%a/b"],
    ["1:2:3:4:5:6:7:8:9"],
    ["::ffff:01.2.3.4"],
    ["593-47-5928"],
    [""],
  ])("%j", (value) => {
    expect(canonicalIp(value)).toBe(value);
  });

  test("every string that net.isIP does not know", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."0af:.%") })), (value) => {
        fc.pre(isIP(value) === 0);
        expect(canonicalIp(value)).toBe(value);
      }),
    );
  });
});

/** An address as its eight groups, with many zeros, or one of those that end in an IPv4 address. */
const groups = fc.oneof(
  fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 }),
  fc
    .tuple(fc.constantFrom(0, 0xffff), fc.nat(0xffff), fc.nat(0xffff))
    .map(([prefix, high, low]) => [0, 0, 0, 0, 0, prefix, high, low]),
);

interface Spelling {
  padded: boolean;
  upperCase: boolean;
  dotted: boolean;
  /** The zeros from this group on are compressed, if there are any. */
  zeroRun: number | null;
}

const spellings: fc.Arbitrary<Spelling> = fc.record({
  padded: fc.boolean(),
  upperCase: fc.boolean(),
  dotted: fc.boolean(),
  zeroRun: fc.option(fc.nat(7)),
});

function spell(address: number[], choice: Spelling): string {
  const hex = address.map((group) => group.toString(16).padStart(choice.padded ? 4 : 1, "0"));
  const [high = 0, low = 0] = address.slice(6);
  const tail = choice.dotted ? [`${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`] : hex.slice(6);
  const parts = [...hex.slice(0, 6), ...tail];
  const start = choice.zeroRun;
  let text = parts.join(":");
  if (start !== null && /^0+$/.test(parts[start] ?? "")) {
    let end = start;
    while (/^0+$/.test(parts[end] ?? "")) end += 1;
    text = `${parts.slice(0, start).join(":")}::${parts.slice(end).join(":")}`;
  }
  return choice.upperCase ? text.toUpperCase() : text;
}

/** The form that WHATWG URL gives an IPv6 host, made by other code than ours; it keeps IPv4-mapped ones. */
function independently(address: number[]): string {
  const [high = 0, low = 0] = address.slice(6);
  if (address.slice(0, 5).every((group) => group === 0) && address[5] === 0xffff) {
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  const hex = address.map((group) => group.toString(16)).join(":");
  return new URL(`http://[${hex}]`).hostname.slice(1, -1);
}

test("all spellings of an address give the one of RFC 5952, and that one stays", () => {
  fc.assert(
    fc.property(groups, spellings, (address, choice) => {
      const spelling = spell(address, choice);
      expect(isIPv6(spelling)).toBe(true);
      const canonical = canonicalIp(spelling);
      expect(canonical).toBe(independently(address));
      expect(canonicalIp(canonical)).toBe(canonical);
    }),
    { numRuns: 2000 },
  );
});

/** As ipaddr.js has it, which takes `::1.2.3.4` for an IPv4-mapped address unless its tail is in hex. */
function byIpaddr(value: string): string {
  const [address = "", ...zone] = value.split("%");
  if (!isIPv6(address) || zone.length > 1 || zone.some((name) => !/^[0-9A-Za-z.:-]+$/.test(name)))
    return value;
  const inHex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (tail) => {
    const [a = 0, b = 0, c = 0, d = 0] = tail.split(".").map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const canonical = ipaddr.process(inHex);
  return [canonical.toString(), ...(canonical.kind() === "ipv4" ? [] : zone)].join("%");
}

test("it is what ipaddr.js makes of whatever looks like an address, zones and mistakes too", () => {
  const spelled = fc.tuple(groups, spellings).map(([address, choice]) => spell(address, choice));
  const zones = fc.constantFrom("", "", "%eth0", "%", "%a:b", "%1.2", "%é", "%a%b");
  const mistakes = fc
    .tuple(spelled, fc.nat(45), fc.constantFrom(..."0f:.%g "))
    .map(([text, at, character]) => text.slice(0, at) + character + text.slice(at + 1));
  const texts = fc.oneof(
    spelled,
    fc.ipV4(),
    fc.ipV6(),
    mistakes,
    fc.string({ unit: fc.constantFrom(..."01f:.%") }),
  );
  fc.assert(
    fc.property(texts, zones, (text, zone) => {
      expect(canonicalIp(text + zone)).toBe(byIpaddr(text + zone));
    }),
    { numRuns: 10_000 },
  );
});

test("it is idempotent for whatever fast-check takes for an address", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV4Extended(), fc.ipV6()), (value) => {
      expect(canonicalIp(canonicalIp(value))).toBe(canonicalIp(value));
    }),
  );
});
