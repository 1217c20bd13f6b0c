/** What the values of a column may be: how many there are decides whether all of them can be tried. */
export const VALUE_KINDS = [
  "ipv4",
  "nine-digits",
  "phone",
  "imei",
  "card",
  "postcode",
  "birth-date",
  "email",
  "name",
] as const;
export type ValueKind = (typeof VALUE_KINDS)[number];

export interface Candidates {
  /** What they are, such as `IPv4 addresses`. */
  readonly label: string;
  /** How many; null: they cannot be counted, but lists of them are for sale. */
  readonly count: number | null;
  /** The one with this number, from 0 up; absent where they cannot be counted. */
  readonly at?: (index: number) => string;
}

/** From 1920 to 2029, all days. */
const BIRTH_DATES = 40_178;
const DAY_MS = 86_400_000;

export const CANDIDATES: Readonly<Record<ValueKind, Candidates>> = {
  ipv4: {
    label: "IPv4 addresses",
    count: 2 ** 32,
    at: (index) => [2 ** 24, 2 ** 16, 2 ** 8, 1].map((unit) => Math.floor(index / unit) % 256).join("."),
  },
  "nine-digits": {
    label: "ids of nine digits (NNN-NN-NNNN)",
    count: 1e9,
    at: (index) => digits(index, 9).replace(/^(...)(..)/, "$1-$2-"),
  },
  phone: {
    label: "phone numbers of ten digits",
    count: 1e10,
    at: (index) => `+1${digits(index, 10)}`,
  },
  imei: {
    label: "IMEIs (the last digit is a check digit)",
    count: 1e14,
    at: (index) => withLuhn(digits(index, 14)),
  },
  card: {
    label: "card numbers of 16 digits (1,000,000,000 for each known bank prefix)",
    count: 1e15,
    at: (index) => withLuhn(digits(index, 15)),
  },
  postcode: {
    label: "postcodes of five digits",
    count: 1e5,
    at: (index) => digits(index, 5),
  },
  "birth-date": {
    label: "birth dates of 110 years",
    count: BIRTH_DATES,
    at: (index) =>
      new Date(Date.UTC(1920, 0, 1) + index * DAY_MS).toISOString().slice(0, "YYYY-MM-DD".length),
  },
  email: { label: "e-mail addresses", count: null },
  name: { label: "names", count: null },
};

/** For a column whose name says nothing. */
export const EXAMPLE_KINDS: readonly ValueKind[] = ["ipv4", "nine-digits"];

function digits(index: number, length: number): string {
  return String(index).padStart(length, "0");
}

/** With the check digit of ISO/IEC 7812-1, annex B, behind. */
function withLuhn(payload: string): string {
  let sum = 0;
  for (let place = 0; place < payload.length; place += 1) {
    const digit = Number(payload[payload.length - 1 - place]);
    const doubled = place % 2 === 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return payload + String((10 - (sum % 10)) % 10);
}
