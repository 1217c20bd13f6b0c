import type { MaskStrategy } from "../strategy.js";

/**
 * NULL for every value: the column keeps its place and holds nothing.
 *
 * - deterministic: yes, a constant
 * - joinable: no
 * - reversible: by nobody
 * - keyed: no
 * - output: none
 * - standard: none
 */
export const nullStrategy: MaskStrategy = {
  name: "null",
  keyed: false,
  deterministic: true,
  outputLength: () => 0,
  create: () => () => null,
};
