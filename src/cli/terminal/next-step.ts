import { wrap } from "./width.js";

/**
 * What to do next, and the command for it: in a line of its own where they do not fit into one together. A command is
 * never broken, so that it can be copied.
 */
export function nextStep(what: string, command: string, width: number): string[] {
  const line = `${what}: ${command}`;
  return line.length <= width ? [line] : [...wrap(`${what}:`, width), `  ${command}`];
}
