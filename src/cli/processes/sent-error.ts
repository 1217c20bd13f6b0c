import type { RunError } from "../../drain/report.js";
import { runErrorOf } from "../../drain/run-error.js";
import {
  ConfigError,
  type ConfigProblem,
  DatabaseError,
  type DatabaseProblem,
  InterruptedError,
  KeyError,
  PayloadError,
  QueueError,
  Sqs2pgError,
  UsageError,
} from "../../errors.js";
import { MaskError } from "../../masking/errors.js";

/** An error as it goes from one process to another: nothing of it but what may be printed. */
export interface SentError extends RunError {
  readonly name: string;
  readonly sqlState?: string | undefined;
  readonly source?: string;
  readonly configProblems?: readonly ConfigProblem[];
  readonly databaseProblems?: readonly DatabaseProblem[];
}

/** Foreign errors are sent without what they say: it may quote values. */
export function packError(error: unknown): SentError {
  const sent: SentError = {
    name: error instanceof Sqs2pgError ? error.name : "Error",
    ...runErrorOf(error),
  };
  if (error instanceof ConfigError) {
    return { ...sent, source: error.source, configProblems: error.problems };
  }
  if (error instanceof DatabaseError) {
    const { sqlState, source, problems } = error;
    return { ...sent, sqlState, source, databaseProblems: problems };
  }
  return sent;
}

/** The error that it was, but for its cause and where it comes from, which the process that threw it has traced. */
export function unpackError(sent: SentError): Error {
  const error = rebuild(sent);
  error.stack = "";
  return error;
}

function rebuild({ name, kind, code, message, ...more }: SentError): Error {
  const { sqlState, source = "", configProblems = [], databaseProblems: problems = [] } = more;
  switch (name) {
    case "UsageError":
      return new UsageError(code, message);
    case "ConfigError":
      return new ConfigError(source, configProblems);
    case "QueueError":
      return new QueueError(kind, code, message);
    case "KeyError":
      return new KeyError(kind, code, message);
    case "PayloadError":
      return new PayloadError(kind, code, message);
    case "DatabaseError":
      return new DatabaseError(kind, code, message, { sqlState, source, problems });
    case "MaskError":
      return new MaskError(code, message);
    case "InterruptedError":
      return new InterruptedError(message);
    default:
      return new Error(message);
  }
}
