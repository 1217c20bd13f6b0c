import { type HostileBody, loads, quoted } from "./case.js";

/** Spellings of addresses, and the one that is masked (RFC 5952; an IPv4-mapped address is an IPv4 address). */
const SPELLINGS: readonly (readonly [written: string, masked: string])[] = [
  ["2001:DB8::1", "2001:db8::1"],
  ["2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"],
  ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
  ["0:0:0:0:0:0:0:1", "::1"],
  ["0:0:0:0:0:0:0:0", "::"],
  ["::ffff:1.2.3.4", "1.2.3.4"],
  ["::FFFF:0102:0304", "1.2.3.4"],
  ["0:0:0:0:0:ffff:1.2.3.4", "1.2.3.4"],
  ["::ffff:1.2.3.4%eth0", "1.2.3.4"],
  ["::1.2.3.4", "::102:304"],
  ["64:ff9b::1.2.3.4", "64:ff9b::102:304"],
  ["FE80::1%eth0", "fe80::1%eth0"],
];

/** What is an address in its one spelling already, or no address at all. */
const AS_THEY_ARE = [
  ...["199.172.111.135", "0.0.0.0", "255.255.255.255", "127.0.0.1", "::", "::1", "2001:db8::1", "fe80::1%1"],
  ...[
    "010.0.0.1",
    "01.2.3.4",
    "0x7f.0.0.1",
    "0x7f000001",
    "2130706433",
    "127.1",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
  ],
  ...["1.2.3.-4", "1.2.3.4.", ".1.2.3.4", "1..3.4", "1.2.3.4:8080", "1.2.3.4/24", "1.2.3.4%eth0", "1,2,3,4"],
  ...[
    " 1.2.3.4",
    "1.2.3.4 ",
    "1.2.3.4\n",
    "\t1.2.3.4",
    "１.２.３.４",
    "1。2。3。4",
    "١.٢.٣.٤",
    "1.2.3.4, 5.6.7.8",
  ],
  ...[
    "[::1]",
    "[::1]:443",
    "::1:",
    ":::",
    ":",
    "::%",
    "fe80::1%",
    "fe80::1%eth 0",
    "fe80::1%%",
    "1::2::3",
    "12345::",
  ],
  ...["g::1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "2001:db8::/32", "2001:db8::1 ", "::ffff:256.1.1.1"],
  ...["::ffff:01.2.3.4", "::ffff:1.2.3", "::ffff:1.2.3.4:80", "1.2.3.4::", "2001-db8--1.ipv6-literal.net"],
  ...[
    "localhost",
    "unknown",
    "http://1.2.3.4/",
    "1.2.3.4\u200b",
    "10.0.0.x",
    "1.2.3.4'--",
    "de:ad:be:ef:00:01",
  ],
];

export const ADDRESSES: readonly HostileBody[] = [
  ...SPELLINGS,
  ...AS_THEY_ARE.map((text) => [text, text] as const),
].map(([written, masked]) =>
  loads(`the address ${quoted(written)}`, quoted({ user_id: "u", ip: written, device_id: written }), {
    user_id: "u",
    ip: masked,
    device_id: masked,
  }),
);
