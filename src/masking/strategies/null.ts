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
  key: "none",
  deterministic: true,
  joinable: false,
  reversibleBy: "nobody",
  namesKey: false,
  output: "text",
  settings: [],
  outputLength: () => 0,
  create: () => () => null,
};
