import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, test } from "vitest";
import { ipBytes, ipText } from "../../../src/masking/ip-bytes.js";

const byte = fc.oneof(fc.constant(0), fc.nat(255));
const ipv4 = fc.array(byte, { minLength: 4, maxLength: 4 });
/** Whole groups of zeros, so that there are runs to compress. */
const group = fc.oneof(fc.constant([0, 0]), fc.tuple(byte, byte));
const ipv6 = fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.flat());

test("the text of any bytes is what ipaddr.js makes of them", () => {
  fc.assert(
    fc.property(fc.oneof(ipv4, ipv6), (bytes) => {
      expect(ipText(bytes)).toBe(ipaddr.fromByteArray(bytes).toString());
    }),
    { numRuns: 5_000 },
  );
});

test("the bytes of any address are those that ipaddr.js reads, IPv4-mapped ones as IPv4", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (value) => {
      // ipaddr.js takes ::1.2.3.4 for an IPv4-mapped address.
      fc.pre(!/^::[\d.]*$/.test(value) || !value.includes("."));
      expect(ipBytes(value)).toEqual(ipaddr.process(value).toByteArray());
    }),
    { numRuns: 5_000 },
  );
});

test("bytes come back from their text", () => {
  fc.assert(
    fc.property(fc.oneof(ipv4, ipv6), (bytes) => {
      const isMapped = bytes.length === 16 && bytes.slice(0, 12).join() === "0,0,0,0,0,0,0,0,0,0,255,255";
      expect(ipBytes(ipText(bytes))).toEqual(isMapped ? bytes.slice(12) : bytes);
    }),
  );
});

describe("the same bytes for each spelling", () => {
  test.each([
    ["::", new Array(16).fill(0)],
    ["::1", [...new Array(15).fill(0), 1]],
    ["1::", [0, 1, ...new Array(14).fill(0)]],
    ["0:0:0:0:0:0:0:1", [...new Array(15).fill(0), 1]],
    ["::1.2.3.4", [...new Array(12).fill(0), 1, 2, 3, 4]],
    ["64:FF9B::192.0.2.33", [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 33]],
    ["1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
    ["1:2:3:4:5:6:1.2.3.4", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 1, 2, 3, 4]],
    ["::2:3:4:5:6:7:8", [0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
    ["1:2:3:4:5:6:7::", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 0]],
    ["::ffff:1.2.3.4", [1, 2, 3, 4]],
    ["0:0:0:0:0:FFFF:0102:0304", [1, 2, 3, 4]],
    ["255.255.255.255", [255, 255, 255, 255]],
  ])("%s", (value, bytes) => {
    expect(ipBytes(value)).toEqual(bytes);
  });
});

describe("no address", () => {
  test.each([
    [""],
    ["localhost"],
    ["010.0.0.1"],
    ["1.2.3"],
    ["1.2.3.4.5"],
    ["256.0.0.1"],
    ["10.0.0.0/8"],
    ["2001:db8::/32"],
    ["fe80::1%eth0"],
    ["::ffff:1.2.3.4%eth0"],
    [" 1.2.3.4"],
    ["1.2.3.4\n"],
    ["1.2.3.4:80"],
    ["[::1]"],
    ["1:2:3:4:5:6:7"],
    ["1::2::3"],
    ["0x7f.1"],
    ["١.٢.٣.٤"],
  ])("%j", (value) => {
    expect(ipBytes(value)).toBeUndefined();
  });
});
