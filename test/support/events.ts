/** A login event as it is on the queue. */
export interface LoginEvent {
  readonly user_id: string;
  readonly app_version: string;
  readonly device_type: string;
  readonly ip: string;
  readonly locale: string | null;
  readonly device_id: string;
}

export interface EventOptions {
  /** The same seed gives the same bytes on every machine. */
  readonly seed?: number;
  /** Share of events without a locale. */
  readonly nullLocale?: number;
  /** Share of messages that are something else altogether. */
  readonly foreign?: number;
  /** Share of messages that repeat an event sent shortly before. */
  readonly duplicates?: number;
}

/** What somebody else's message on the login queue looks like. */
export const FOREIGN_BODY = '{"foo":"oops_wrong_msg_type","bar":"123"}';

const DEVICE_TYPES = ["android", "android", "android", "iOS", "iOS"] as const;
const LOCALES = ["US", "RU", "BR", "ID", "CN", "FR", "DE", "PL", "JP", "PH", "GB", "NG"] as const;
/** How far back a repetition reaches. */
const RECENT = 64;

/**
 * `count` message bodies with the proportions of real traffic, one at a time. People come back: about five events
 * each, from the same device and address, so that equal values are there to be masked equally.
 */
export function* loginEvents(count: number, options: EventOptions = {}): Generator<string, void, undefined> {
  const { seed = 1, nullLocale = 0.29, foreign = 0.01, duplicates = 0.02 } = options;
  const random = randomFrom(seed);
  const people = Math.max(1, Math.ceil(count / 5));
  const recent: string[] = [];
  for (let sent = 0; sent < count; sent += 1) {
    const kind = random();
    if (kind < foreign) {
      yield FOREIGN_BODY;
    } else if (kind < foreign + duplicates && recent.length > 0) {
      yield pick(recent, random());
    } else {
      const body = JSON.stringify(loginEvent(seed, Math.floor(random() * people), nullLocale, random));
      recent[sent % RECENT] = body;
      yield body;
    }
  }
}

function loginEvent(seed: number, person: number, nullLocale: number, random: () => number): LoginEvent {
  const own = randomFrom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(person + 1, 0x85ebca6b));
  const usualLocale = pick(LOCALES, own());
  return {
    user_id: uuid(own),
    app_version: appVersion(random),
    device_type: pick(DEVICE_TYPES, own()),
    ip: ipAddress(own),
    locale: random() < nullLocale ? null : usualLocale,
    device_id: `${digits(own, 3)}-${digits(own, 2)}-${digits(own, 4)}`,
  };
}

/** Such as `2.3.0`, or in one of three cases `0.96` or `6.02`. */
function appVersion(random: () => number): string {
  const part = (high: number): number => between(random, 0, high);
  return random() < 1 / 3 ? `${part(6)}.${digits(random, 2)}` : `${part(6)}.${part(19)}.${part(9)}`;
}

/** One in thirty is an IPv6 address (of RFC 3849's block for documentation), in its compressed form. */
function ipAddress(random: () => number): string {
  const group = (): string => between(random, 1, 0xffff).toString(16);
  if (random() < 1 / 30) return `2001:db8:${group()}:${group()}::${group()}`;
  const byte = (): number => between(random, 1, 254);
  return `${byte()}.${byte()}.${byte()}.${byte()}`;
}

/** A version 4 UUID (RFC 9562). */
function uuid(random: () => number): string {
  const hex = (length: number): string =>
    Array.from({ length }, () => between(random, 0, 15).toString(16)).join("");
  const variant = between(random, 8, 11).toString(16);
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
}

function digits(random: () => number, length: number): string {
  return Array.from({ length }, () => between(random, 0, 9)).join("");
}

function between(random: () => number, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** The element at `at`, which is in [0, 1), of a list that may have holes. */
function pick<T>(list: readonly T[], at: number): T {
  const present = list.filter((item) => item !== undefined);
  const item = present[Math.floor(at * present.length)];
  if (item === undefined) throw new Error("Nothing to pick from.");
  return item;
}

/** Numbers in [0, 1) by mulberry32, in whole-number arithmetic that is the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), bits | 61)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
