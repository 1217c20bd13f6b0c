import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** The zones that `net.isIP` takes on Node 20, pinned here: a value must be masked alike on every Node version. */
const ZONE = /^[0-9A-Za-z.:-]+$/;
const IPV4_TAIL = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/;

/**
 * One spelling for an IP address, so that equal addresses are masked to equal values; any other string is returned
 * unchanged. IPv4 has one spelling already (`net.isIP` refuses leading zeros and short forms). IPv4-mapped IPv6
 * (`::ffff:0:0/96`, RFC 4291) becomes IPv4; other IPv6 is written as RFC 5952 says: lower case, no leading zeros, the
 * first longest run of zeros compressed.
 *
 * A zone (`fe80::1%eth0`, RFC 4007) is kept as it is written, since the same link-local address in two zones is two
 * hosts; only the zone of an IPv4-mapped address is dropped, because IPv4 has none.
 */
export function canonicalIp(value: string): string {
  // Most values have no colon: what is left is IPv4, which has one spelling, or no address at all.
  if (!value.includes(":")) return value;
  const zoneStart = value.indexOf("%");
  const address = zoneStart === -1 ? value : value.slice(0, zoneStart);
  if (isIP(address) !== 6) return value;
  if (zoneStart !== -1 && !ZONE.test(value.slice(zoneStart + 1))) return value;
  const canonical = ipaddr.process(withHexTail(address));
  return canonical.kind() === "ipv4" || zoneStart === -1
    ? canonical.toString()
    : canonical.toString() + value.slice(zoneStart);
}

/**
 * `::1.2.3.4` as `::102:304`. ipaddr.js takes the IPv4-compatible form for the IPv4-mapped one when it ends in dotted
 * decimals, and would give two spellings of one address different results.
 */
function withHexTail(address: string): string {
  return address.replace(IPV4_TAIL, (_tail, a: string, b: string, c: string, d: string) => {
    const high = Number(a) * 256 + Number(b);
    const low = Number(c) * 256 + Number(d);
    return `${high.toString(16)}:${low.toString(16)}`;
  });
}
