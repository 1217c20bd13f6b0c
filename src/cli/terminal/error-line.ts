import { ConfigError, DatabaseError, type Sqs2pgError, whereText } from "../../errors.js";
import { plural } from "./format.js";
import { printable } from "./printable.js";
import type { Style } from "./style.js";

/**
 * An error in one line, as it goes to standard error; several problems of a config file, or of the tables, get a line
 * each. It is never broken to the terminal's width, so that it can be searched for and copied. Ends in a newline.
 */
export function renderError(error: Sqs2pgError, { style }: { readonly style: Style }): string {
  const name = style.failure("sqs2pg:");
  const { source = "", problems } = problemsOf(error);
  if (problems.length < 2) return `${name} ${printable(error.message)}\n`;
  const lines = problems.map(({ where, message }) =>
    where === "" ? `  ${printable(message)}` : `  ${style.strong(printable(where))}: ${printable(message)}`,
  );
  const head = `${printable(source)}: ${plural(problems.length, "problem")}`;
  return `${name} ${[head, ...lines].join("\n")}\n`;
}

interface Problems {
  readonly source?: string;
  readonly problems: readonly { readonly where: string; readonly message: string }[];
}

/** Those of tables say themselves where they are. */
function problemsOf(error: Sqs2pgError): Problems {
  if (error instanceof ConfigError) {
    const problems = error.problems.map((problem) => ({
      where: whereText(problem),
      message: problem.message,
    }));
    return { source: error.source, problems };
  }
  if (!(error instanceof DatabaseError)) return { problems: [] };
  return { source: error.source, problems: error.problems.map(({ message }) => ({ where: "", message })) };
}
