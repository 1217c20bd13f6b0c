import type { SettingFlags } from "../../config/resolve.js";

/** Letters that no shell takes for anything else. */
const PLAIN = /^[\w./:@%+,=-]+$/;

/**
 * The flags that say what a command was about, to be put behind the next command: ` --queue orders`. Not those that may
 * hold a secret.
 */
export function repeatedFlags({ config, pipeline, queue }: SettingFlags): string {
  return Object.entries({ config, pipeline, queue })
    .map(([name, value]) => (value === undefined ? "" : ` --${name} ${quoted(value)}`))
    .join("");
}

function quoted(value: string): string {
  return PLAIN.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
