/** So many that a value has left the cache of a mask, which holds 8,192 at the most, when its turn comes again. */
export const DISTINCT = 20_000;
/** So few that all of them stay in the cache. */
const REPEATED = 1_000;

export type ValueKind = "IPv4" | "IPv6" | "device ids" | "repeated IPv4";

/** Values to mask, by what they are: the same in each run. */
export const MASK_VALUES: Readonly<Record<ValueKind, readonly string[]>> = {
  IPv4: distinct(ipv4),
  IPv6: distinct(ipv6),
  "device ids": distinct(deviceId),
  "repeated IPv4": Array.from({ length: DISTINCT }, (_, index) => ipv4((index * 7_919) % REPEATED)),
};

function distinct(make: (index: number) => string): readonly string[] {
  return Array.from({ length: DISTINCT }, (_, index) => make(index));
}

/** Multiplying by an odd number is one-to-one modulo a power of two, so no two indexes give the same. */
function scattered(index: number): number {
  return Math.imul(index + 1, 0x9e3779b1) >>> 0;
}

function ipv4(index: number): string {
  const number = scattered(index);
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join(".");
}

function ipv6(index: number): string {
  const number = scattered(index);
  const [high, low] = [number >>> 16, number & 0xffff].map((group) => group.toString(16));
  return `2001:db8:${high}:${low}::${(index & 0xfff).toString(16)}`;
}

function deviceId(index: number): string {
  const digits = String((index * 49_979_687) % 1_000_000_000).padStart(9, "0");
  return `${digits.slice(0, 3)}-${digits.slice(3, 5)}-${digits.slice(5)}`;
}
