import { isIP } from "node:net";
import { ipBytes } from "../masking/ip-bytes.js";
import type { Check, Fault } from "./cell.js";
import { textFaults } from "./text.js";

interface Network {
  readonly address: string;
  readonly version: 4 | 6;
  /** The length of the network; undefined for a single address. */
  readonly bits: number | undefined;
}

/** An address with or without `/` and the length of its network; no zone, and none of PostgreSQL's short forms. */
function parseNetwork(text: string): Network | undefined {
  const [address = "", bits, ...more] = text.split("/");
  const version = address.includes("%") ? 0 : isIP(address);
  if ((version !== 4 && version !== 6) || more.length > 0) return undefined;
  if (bits === undefined) return { address, version, bits };
  const isLength = /^(?:0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
  return isLength ? { address, version, bits: Number(bits) } : undefined;
}

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
    return parseNetwork(value) === undefined ? invalid : value;
  };
}

/** A network: the same, with nothing of the address behind the network's bits. */
export function createCidrCheck(target: string): Check {
  const { wrongType } = textFaults(target);
  const invalid: Fault = { fault: "not_a_network", reason: `must be an IP address or network for ${target}` };
  const hasHost: Fault = {
    fault: "not_a_network",
    reason: `has bits set behind the length of its network, which ${target} does not take`,
  };
  return (value) => {
    if (typeof value !== "string") return wrongType;
    const network = parseNetwork(value);
    if (network === undefined) return invalid;
    return isCleared(network) ? value : hasHost;
  };
}

/** In front of an IPv4 address that is written as an IPv6 one. */
const MAPPED: readonly number[] = [...Array.from({ length: 10 }, () => 0), 0xff, 0xff];

function isCleared({ address, version, bits }: Network): boolean {
  if (bits === undefined) return true;
  const bytes = ipBytes(address) ?? [];
  const all = version === 6 && bytes.length === 4 ? [...MAPPED, ...bytes] : bytes;
  return all.every((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - index * 8));
    return (byte & (0xff >> kept)) === 0;
  });
}
