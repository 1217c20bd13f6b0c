import { ConfigError, type Sqs2pgError, whereText } from "../../errors.js";
import { plural } from "./format.js";
import { printable } from "./printable.js";
import type { Style } from "./style.js";

/**
 * An error in one line, as it goes to standard error; several problems of a config file get a line each. It is never
 * broken to the terminal's width, so that it can be searched for and copied. Ends in a newline.
 */
export function renderError(error: Sqs2pgError, { style }: { readonly style: Style }): string {
  const name = style.failure("sqs2pg:");
  if (!(error instanceof ConfigError) || error.problems.length < 2) {
    return `${name} ${printable(error.message)}\n`;
  }
  const problems = error.problems.map((problem) => {
    const [where, message] = [printable(whereText(problem)), printable(problem.message)];
    return where === "" ? `  ${message}` : `  ${style.strong(where)}: ${message}`;
  });
  const head = `${printable(error.source)}: ${plural(error.problems.length, "problem")}`;
  return `${name} ${[head, ...problems].join("\n")}\n`;
}
