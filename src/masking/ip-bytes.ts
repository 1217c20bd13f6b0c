import { isIP } from "node:net";

const COLON = 0x3a;
const DOT = 0x2e;
const NINE = 0x39;
const IPV6_BYTES = 16;
/** In front of an IPv4-mapped address: `::ffff:0:0/96`. */
const MAPPED_ZEROS = 10;
const MAPPED_BYTES = 12;

/** An address's bytes in network order, 4 or 16 of them; IPv4-mapped IPv6 is IPv4. Undefined for all else, zones too. */
export function ipBytes(value: string): number[] | undefined {
  if (isIP(value) === 0 || value.includes("%")) return undefined;
  const bytes = parse(value);
  return isIpv4Mapped(bytes) ? bytes.slice(MAPPED_BYTES) : bytes;
}

/** The canonical text of an address's bytes: IPv4 in decimals, IPv6 as RFC 5952 says. */
export function ipText(bytes: readonly number[]): string {
  if (bytes.length !== IPV6_BYTES) return bytes.join(".");
  const [start, end] = longestZeros(bytes);
  return start === end
    ? groupsText(bytes, 0, IPV6_BYTES)
    : `${groupsText(bytes, 0, start)}::${groupsText(bytes, end, IPV6_BYTES)}`;
}

function groupsText(bytes: readonly number[], start: number, end: number): string {
  let text = "";
  for (let index = start; index < end; index += 2) {
    const group = ((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0);
    text += (index === start ? "" : ":") + group.toString(16);
  }
  return text;
}

/**
 * Of an address that `net.isIP` takes, without a zone (RFC 4291, section 2.2): there is nothing left to check. Character by
 * character, because splitting the text takes three times as long, and the address has to be read for every value.
 */
function parse(address: string): number[] {
  const bytes: number[] = [];
  let gap = -1;
  // Only what follows a number tells whether it is hexadecimal or decimal, so it is read as both.
  let hex = 0;
  let decimal = 0;
  let isEmpty = true;
  let isDotted = false;
  for (let index = 0; index < address.length; index += 1) {
    const code = address.charCodeAt(index);
    if (code !== COLON && code !== DOT) {
      const digit = code <= NINE ? code & 0xf : (code & 0xf) + 9;
      hex = hex * 16 + digit;
      decimal = decimal * 10 + digit;
      isEmpty = false;
      continue;
    }
    if (code === DOT) {
      bytes.push(decimal);
      isDotted = true;
    } else if (!isEmpty) bytes.push(hex >> 8, hex & 0xff);
    else if (index > 0) gap = bytes.length;
    hex = 0;
    decimal = 0;
    isEmpty = true;
  }
  if (isDotted) bytes.push(decimal);
  else if (!isEmpty) bytes.push(hex >> 8, hex & 0xff);
  if (gap !== -1) bytes.splice(gap, 0, ...new Array<number>(IPV6_BYTES - bytes.length).fill(0));
  return bytes;
}

function isIpv4Mapped(bytes: readonly number[]): boolean {
  if (bytes.length !== IPV6_BYTES || bytes[MAPPED_ZEROS] !== 0xff || bytes[MAPPED_ZEROS + 1] !== 0xff)
    return false;
  for (let index = 0; index < MAPPED_ZEROS; index += 1) if (bytes[index] !== 0) return false;
  return true;
}

/** The first longest run of two or more groups of zeros, as the indexes of its first byte and of the one behind it. */
function longestZeros(bytes: readonly number[]): [start: number, end: number] {
  let longest: [number, number] = [0, 0];
  let length = 2;
  let start = 0;
  for (let index = 0; index < IPV6_BYTES; index += 2) {
    if (bytes[index] !== 0 || bytes[index + 1] !== 0) start = index + 2;
    else if (index + 2 - start > length) {
      longest = [start, index + 2];
      length = index + 2 - start;
    }
  }
  return longest;
}
