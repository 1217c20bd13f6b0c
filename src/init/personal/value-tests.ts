import { isIP } from "node:net";
import { isLuhn, isMod97 } from "./checksums.js";
import type { PersonalKind } from "./kinds.js";
import { NATIONAL_IDS, type Verdict } from "./national-ids.js";

/** Tells a kind of personal data by a whole value. */
export interface ValueTest {
  readonly kind: PersonalKind;
  /** In the plural, for the reason. */
  readonly label: string;
  readonly test: (text: string) => Verdict;
}

function hitIf(isHit: boolean): Verdict {
  return isHit ? "hit" : "other";
}

const EMAIL = /^[^\s@<>",;:]{1,64}@(?:[\p{L}\p{N}-]+\.)+[\p{L}\p{N}-]{2,}$/u;

/** An address with its port, or an IPv6 address in brackets, is one too. */
function isAddress(text: string): boolean {
  // `a::b` is more often a name than an address.
  if (isIP(text) !== 0) return /\d/.test(text);
  const host = /^\[?([0-9a-fA-F.:]+)\]?:\d{1,5}$/.exec(text)?.[1] ?? /^\[([0-9a-fA-F.:]+)\]$/.exec(text)?.[1];
  return host !== undefined && isIP(host) !== 0;
}

const MAC = /^(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$|^(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}$/i;

/** With the country before it, or written as in North America: bare digits are anything. */
function isPhone(text: string): boolean {
  const digits = text.replace(/\D/g, "");
  if (digits.length < 8 || digits.length > 15) return false;
  if (/^(?:\+|00 ?)[1-9][\d ()./-]*\d$/.test(text)) return text.startsWith("+") || /[ ()./-]/.test(text);
  return /^(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}$/.test(text);
}

/** Prefix and length of the large card schemes: https://en.wikipedia.org/wiki/Payment_card_number */
const CARD_FORMS: readonly RegExp[] = [
  /^4\d{12}(?:\d{3}(?:\d{3})?)?$/,
  /^(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}$/,
  /^3[47]\d{13}$/,
  /^3(?:0[0-5]|[689]\d)\d{11}$/,
  /^(?:6011|64[4-9]\d|65\d{2})\d{12}$/,
  /^35(?:2[89]|[3-8]\d)\d{12}$/,
  /^62\d{14,17}$/,
  /^(?:50|5[6-9]|6[37])\d{12,17}$/,
];

function cardVerdict(text: string): Verdict {
  const digits = text.replace(/[ -]/g, "");
  if (!/^\d{13,19}$/.test(digits)) return "other";
  const isCard = CARD_FORMS.some((form) => form.test(digits)) && !/^(.)\1+$/.test(digits);
  return isCard && isLuhn(digits) ? "hit" : "miss";
}

function ibanVerdict(text: string): Verdict {
  const iban = text.replace(/ /g, "").toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return "other";
  return isMod97(`${iban.slice(4)}${iban.slice(0, 4)}`) ? "hit" : "miss";
}

/** Fifteen digits with their check digit; the first two say who gave it out. */
const IMEI = /^(?:0[1-9]|1\d|3[0-35]|4[459]|5[0-4]|8[69]|9[189])/;

function imeiVerdict(text: string): Verdict {
  const digits = text.replace(/[ -]/g, "");
  if (!/^\d{15}$/.test(digits)) return "other";
  return IMEI.test(digits) && isLuhn(digits) ? "hit" : "miss";
}

/** Latitude and longitude with three decimals or more: about a hundred metres. */
const POSITION = /^[(]?-?\d{1,2}\.\d{3,}\s*[,; ]\s*-?1?\d{1,2}\.\d{3,}[)]?$|^geo:-?\d+\.\d+,/;

const JWT = /^(?:Bearer )?eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*$/;
const SECRET = /^(?:Bearer|Basic) \S{8,}$|^(?:AKIA|ASIA)[A-Z0-9]{16}$|-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** The tests, the surest first. */
export const VALUE_TESTS: readonly ValueTest[] = [
  { kind: "secret", label: "tokens or keys", test: (text) => hitIf(JWT.test(text) || SECRET.test(text)) },
  { kind: "email", label: "e-mail addresses", test: (text) => hitIf(EMAIL.test(text)) },
  { kind: "ip", label: "IP addresses", test: (text) => hitIf(isAddress(text)) },
  { kind: "mac", label: "MAC addresses", test: (text) => hitIf(MAC.test(text)) },
  { kind: "iban", label: "IBANs", test: ibanVerdict },
  { kind: "card", label: "card numbers", test: cardVerdict },
  ...NATIONAL_IDS.map((id): ValueTest => ({ kind: "national-id", ...id })),
  { kind: "device", label: "IMEIs of devices", test: imeiVerdict },
  { kind: "phone", label: "phone numbers", test: (text) => hitIf(isPhone(text)) },
  { kind: "location", label: "precise locations", test: (text) => hitIf(POSITION.test(text)) },
];
