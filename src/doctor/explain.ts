import { ConfigError, DatabaseError, InterruptedError, Sqs2pgError, whereText } from "../errors.js";
import { type Finding, failed, INTERRUPTED } from "./check.js";

/** What a check threw, as a finding: of foreign errors nothing is repeated, since drivers and parsers quote values. */
export function findingOf(error: unknown): Finding {
  if (error instanceof InterruptedError) return INTERRUPTED;
  if (error instanceof ConfigError && error.problems.length > 1) {
    const { code, kind, source, problems } = error;
    return failed(`${source}: ${problems.length} mistakes`, "correct what is listed", {
      ...{ code, kind },
      details: problems.map((problem) => [whereText(problem), problem.message].filter(Boolean).join(": ")),
    });
  }
  if (error instanceof DatabaseError && error.problems.length > 1) {
    const { code, kind, source, problems } = error;
    return failed(`${source}: ${problems.length} mistakes`, "correct what is listed", {
      ...{ code, kind },
      details: problems.map(({ message }) => message),
    });
  }
  if (error instanceof Sqs2pgError) {
    const { code, kind } = error;
    const { found, remedy } = divided(error.message);
    return { status: "failed", found, remedy, code, kind };
  }
  return failed("an unexpected error", "run with --log-level debug to see where", { code: "internal" });
}

/**
 * Messages of errors say what is wrong and, behind a colon, what to do. A name before a colon, such as that of a file, is
 * no sentence: it stays with what comes behind it.
 */
export function divided(message: string): { readonly found: string; readonly remedy: string | undefined } {
  for (let end = message.indexOf(": "); end !== -1; end = message.indexOf(": ", end + 1)) {
    const found = message.slice(0, end);
    const clause = found.slice(found.lastIndexOf(": ") + 1).trim();
    if (clause.split(" ").length >= 3) return { found, remedy: message.slice(end + 2) };
  }
  return { found: message, remedy: undefined };
}
