import { isIP } from "node:net";

/** Longer ones are sentences, or values. */
const LONGEST_KEY = 60;

/**
 * Whether a key says what a field is, rather than whose it is: the keys of `{"ann@example.com": 3}` are values, and a
 * value is never shown.
 */
export function isPlainKey(key: string): boolean {
  if (key === "" || key.length > LONGEST_KEY || key === "__proto__") return false;
  if (!/^[\p{L}_$@#-]/u.test(key) || !/^[\p{L}\p{N}_ .:/$@#()-]+$/u.test(key)) return false;
  if (/\d{4,}/.test(key) || /.@./.test(key) || isIP(key) !== 0) return false;
  // A UUID, a hash: hex digits with a good number of each kind.
  return !(/^[0-9a-f-]{12,}$/i.test(key) && /\d/.test(key));
}
