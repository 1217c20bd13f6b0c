import { isIP } from "node:net";
import type { Check, Fault } from "./cell.js";
import { textFaults } from "./text.js";

/**
 * An IP address, with the length of its network behind a slash or without, as `inet` takes it; not PostgreSQL's short
 * forms such as `10.1/16`, and no zone.
 * https://www.postgresql.org/docs/current/datatype-net-types.html
 */
export function createInetCheck(target: string): Check {
  const { wrongType } = textFaults(target);
  const invalid: Fault = { fault: "not_an_ip", reason: `must be an IP address for ${target}` };
  return (value) => {
    if (typeof value !== "string") return wrongType;
    const [address = "", bits, ...more] = value.split("/");
    const version = address.includes("%") ? 0 : isIP(address);
    if (version === 0 || more.length > 0) return invalid;
    const isNetwork =
      bits === undefined || (/^(?:0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
    return isNetwork ? value : invalid;
  };
}
