import { createHmac, hkdfSync } from "node:crypto";
import { isIPv6 } from "node:net";

/** A row of user_logins as a query with `create_date::text` gives it. */
export interface LoginRow {
  readonly user_id: string | null;
  readonly device_type: string | null;
  readonly masked_ip: string | null;
  readonly masked_device_id: string | null;
  readonly locale: string | null;
  readonly app_version: number | null;
  /** `YYYY-MM-DD` */
  readonly create_date: string;
}

/** All rows of user_logins in an order that depends on nothing but them. */
export const LOGIN_ROWS = `select user_id, device_type, masked_ip, masked_device_id, locale, app_version,
  create_date::text from user_logins order by user_logins::text collate "C"`;

type Fields = Readonly<Record<string, string | null | undefined>>;

/**
 * The row that a login event becomes, worked out from key and body with node:crypto alone and none of the program's
 * code: what the design says, a second time.
 */
export function loginRow(body: string, sentAtMs: number, key: string): LoginRow {
  const fields: Fields = JSON.parse(body);
  return {
    user_id: fields["user_id"] ?? null,
    device_type: fields["device_type"] ?? null,
    masked_ip: hmacMask(key, "ip", fields["ip"]),
    masked_device_id: hmacMask(key, "device_id", fields["device_id"]),
    locale: fields["locale"] ?? null,
    app_version: versionNumber(fields["app_version"]),
    create_date: new Date(sentAtMs).toISOString().slice(0, "YYYY-MM-DD".length),
  };
}

/** HMAC-SHA256 (RFC 2104) in hex under the subkey HKDF-SHA256(key, no salt, `sqs2pg/hmac-sha256/` + domain, 32 bytes). */
export function hmacMask(key: string, domain: string, value: string | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  const bytes = Buffer.from(key.replace("sqs2pg-key-1:", ""), "base64url");
  const subkey = Buffer.from(hkdfSync("sha256", bytes, "", `sqs2pg/hmac-sha256/${domain}`, 32));
  return createHmac("sha256", subkey).update(oneSpelling(value), "utf8").digest("hex");
}

/** IPv6 as URLs are written, which is RFC 5952; an IPv4-mapped address as the IPv4 address that it is. */
function oneSpelling(value: string): string {
  if (!isIPv6(value) || value.includes("%")) return value;
  const address = new URL(`http://[${value}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(address);
  if (mapped === null) return address;
  const number = Number.parseInt(mapped[1] ?? "", 16) * 0x1_0000 + Number.parseInt(mapped[2] ?? "", 16);
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join(".");
}

/** major*10000 + minor*100 + patch, for versions of up to three parts below 100. */
function versionNumber(version: string | null | undefined): number | null {
  if (version === null || version === undefined) return null;
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  return major * 10_000 + minor * 100 + patch;
}
