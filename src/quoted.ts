import { redact } from "./redact.js";

/** A value as an error message may show it: quoted, without secrets and control characters, cut to a line. */
export function quoted(text: string): string {
  const shown = redact(text);
  return JSON.stringify(shown.length > 40 ? `${shown.slice(0, 40)}...` : shown);
}
