import { ipBytes, ipText } from "./ip-bytes.js";

/** The zones that `net.isIP` takes on Node 20, pinned here: a value must be masked alike on every Node version. */
const ZONE = /^%[0-9A-Za-z.:-]+$/;

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
  if (zoneStart === -1) return withoutZone(value) ?? value;
  const address = value.slice(0, zoneStart);
  const zone = value.slice(zoneStart);
  const canonical = address.includes(":") && ZONE.test(zone) ? withoutZone(address) : undefined;
  if (canonical === undefined) return value;
  return canonical.includes(":") ? canonical + zone : canonical;
}

function withoutZone(address: string): string | undefined {
  const bytes = ipBytes(address);
  return bytes === undefined ? undefined : ipText(bytes);
}
