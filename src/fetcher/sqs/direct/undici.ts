import type { Pool } from "undici";
import { requirePackage } from "../../../require-package.js";

/**
 * Undici's pool by itself: with its index comes all of undici, a hundred modules, of which a drain would need none. The
 * package names the index only, so that is where the pool is looked for, should it move.
 */
export function loadPool(): typeof Pool {
  try {
    return requirePackage("undici/lib/dispatcher/pool.js");
  } catch {
    return loadUndici().Pool;
  }
}

/** Its index, which a proxy needs. */
export function loadUndici(): typeof import("undici") {
  return requirePackage("undici");
}
