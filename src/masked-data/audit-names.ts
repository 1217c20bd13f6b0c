import type { ValueKind } from "./audit-kinds.js";

/** Personal data by kind: besides what can be counted or bought as a list, what is told apart from what is none. */
export type PersonalData = ValueKind | "account" | "address" | "device" | "document" | "position";

/** How names end, words joined by `_`; the first that matches counts. */
const ENDINGS: readonly (readonly [PersonalData, string])[] = [
  ["imei", "imei"],
  ["nine-digits", "device_?id|ssn|social_security|national_id|tax_id|itin|bsn"],
  ["email", "e_?mails?|mail"],
  ["device", "mac|idfa|idfv|gaid|adid|advertising_id|imsi|iccid|meid|android_id"],
  ["ipv4", "ip|ips|ip_?v[46]|(remote|client|peer|source|src)_addr(ess)?|forwarded_for"],
  ["phone", "(tele)?phones?|msisdn|mobile|cell|fax|tel"],
  ["card", "pan|(credit|debit|payment)_?card|card_?(number|no|num)|cc_?(number|no|num)"],
  ["birth-date", "birth_?date|date_of_birth|dob|birthday"],
  ["postcode", "zip|zip_?code|post_?code|postal_code|plz"],
  ["account", "iban|bank_account|account_?(number|no|num)"],
  ["document", "passport|(driving|driver|drivers)_?licen[cs]e|licen[cs]e_plate|id_card"],
  ["position", "latitude|longitude|lat|lng|lon|geolocation|gps"],
  ["address", "(street|home|postal|billing|shipping)_?(address|addr)|street"],
  [
    "name",
    "(first|last|full|given|family|middle|maiden|sur|nick|user)_?names?|" +
      "(person|customer|contact|patient|employee|owner|member|subscriber)_name",
  ],
];

/** What may stand behind such a word without making it something else. */
const BEHIND = "(?:_?(?:address|addr|number|no|num|value|raw|text|hash|masked|\\d+))*";

const PATTERNS: readonly (readonly [PersonalData, RegExp])[] = ENDINGS.map(
  ([data, ending]) => [data, new RegExp(`(?:^|_)(?:${ending})${BEHIND}$`)] as const,
);

/** What the values of a field are by its name (a path, or a column's name), if it looks like personal data. */
export function personalDataOf(name: string): PersonalData | undefined {
  const words = wordsOf(name);
  return words === "name" ? "name" : PATTERNS.find(([, pattern]) => pattern.test(words))?.[0];
}

/** `clientIp`, `client-ip` and `$attributes.client.ip` in one spelling: `client_ip`. */
function wordsOf(name: string): string {
  return name
    .replace(/^\$attributes\./, "")
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, "$1_$2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .join("_");
}
