/** What a field may say about a person. */
export type PersonalKind =
  | "secret"
  | "ip"
  | "mac"
  | "email"
  | "phone"
  | "card"
  | "iban"
  | "national-id"
  | "birth-date"
  | "device"
  | "location"
  | "person-name"
  | "address"
  | "free-text";

/** What is proposed for a kind: a mask, or to leave the field out. */
export interface Remedy {
  readonly mask: "hmac-sha256" | "redact" | undefined;
  /** What else would do, for the comment; or why it is left out. */
  readonly hint: string;
}

const JOINS = "equal values stay equal";

export const REMEDIES: Readonly<Record<PersonalKind, Remedy>> = {
  secret: { mask: undefined, hint: "a secret has no place in a table" },
  ip: { mask: "hmac-sha256", hint: `${JOINS}; ip-truncate keeps the network` },
  mac: { mask: "hmac-sha256", hint: JOINS },
  email: { mask: "hmac-sha256", hint: JOINS },
  phone: { mask: "hmac-sha256", hint: JOINS },
  card: { mask: "hmac-sha256", hint: `${JOINS}; partial keeps the last four digits` },
  iban: { mask: "hmac-sha256", hint: JOINS },
  "national-id": { mask: "hmac-sha256", hint: JOINS },
  "birth-date": { mask: "hmac-sha256", hint: JOINS },
  device: { mask: "hmac-sha256", hint: JOINS },
  location: { mask: "redact", hint: "it shows that there was one" },
  "person-name": { mask: "hmac-sha256", hint: JOINS },
  address: { mask: "hmac-sha256", hint: JOINS },
  "free-text": { mask: "redact", hint: "it shows that there was one" },
};

/** A finding, in words that hold nothing of the values. */
export interface Finding {
  readonly kind: PersonalKind;
  /** Such as `looks like IP addresses in 98 of 100`, or `its name says e-mail address`. */
  readonly reason: string;
}
