import { createRequire } from "node:module";
import type { Pool } from "undici";

const require = createRequire(import.meta.url);

/**
 * Undici's pool by itself: with its index comes all of undici, a hundred modules, of which a drain would need none. The
 * package names the index only, so that is where the pool is looked for, should it move.
 */
export function loadPool(): typeof Pool {
  try {
    return require("undici/lib/dispatcher/pool.js");
  } catch {
    return loadUndici().Pool;
  }
}

/** All of it. */
export function loadUndici(): typeof import("undici") {
  return require("undici");
}
