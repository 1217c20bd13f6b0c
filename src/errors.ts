/**
 * What kind of end an error makes of a run; the command line turns it into an exit code.
 *
 * - `usage`: what was asked for is wrong: a flag, the environment, the config file, the key
 * - `unavailable`: a dependency did not answer; the same command may succeed later
 * - `failed`: everything else
 */
export type ErrorKind = "usage" | "unavailable" | "failed";

/**
 * The base of all errors that sqs2pg throws on purpose. The message is one line that says what is wrong and what to
 * do, and holds no value of a record, no secret and no driver text that could quote one. `cause` keeps the original
 * for debugging; it may quote values, so it is never printed.
 */
export abstract class Sqs2pgError extends Error {
  abstract override readonly name: string;
  abstract readonly kind: ErrorKind;
  /** Stable, machine-readable, snake_case. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A flag, an environment variable or a key that cannot be used as given. */
export class UsageError extends Sqs2pgError {
  override readonly name = "UsageError";
  override readonly kind = "usage";
}

/** A position in a file, counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing wrong with a config file: where, and what would be right. */
export interface ConfigProblem {
  /** Such as `columns.masked_ip.mask`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  /** Absent where no file says it, or one that is a program. */
  readonly place?: Place;
}

/** Where a problem is: `sqs2pg.yaml:7:13 columns.masked_ip.mask`; empty for something as a whole. */
export function whereText({ place, path }: ConfigProblem): string {
  const at = place === undefined ? "" : `${place.file}:${place.line}:${place.column}`;
  return [at, path].filter((part) => part !== "").join(" ");
}

/** A pipeline that cannot be used, with everything that is wrong with it at once. */
export class ConfigError extends Sqs2pgError {
  override readonly name = "ConfigError";
  override readonly kind = "usage";
  /** The file, or whatever else the pipeline came from. */
  readonly source: string;
  readonly problems: readonly ConfigProblem[];

  constructor(source: string, problems: readonly ConfigProblem[], options?: ErrorOptions) {
    const lines = problems.map((problem) =>
      [whereText(problem), problem.message].filter((part) => part !== "").join(": "),
    );
    const isPlaced = problems.every(({ place }) => place?.file === source);
    super("config_invalid", `${isPlaced ? "" : `${source}: `}${lines.join("; ")}`, options);
    this.source = source;
    this.problems = problems;
  }
}

/** SQS said no, or was not there. */
export class QueueError extends Sqs2pgError {
  override readonly name = "QueueError";
  override readonly kind: ErrorKind;

  constructor(kind: ErrorKind, code: string, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.kind = kind;
  }
}

/** Whatever guards the masking keys (AWS KMS) said no, or was not there. */
export class KeyError extends Sqs2pgError {
  override readonly name = "KeyError";
  override readonly kind: ErrorKind;

  constructor(kind: ErrorKind, code: string, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.kind = kind;
  }
}

/** Whatever keeps the payloads that are too large for a queue (Amazon S3) said no, or was not there. */
export class PayloadError extends Sqs2pgError {
  override readonly name = "PayloadError";
  override readonly kind: ErrorKind;

  constructor(kind: ErrorKind, code: string, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.kind = kind;
  }
}

/** Whether the same may succeed later, so that it is worth trying again. */
export function isUnavailable(error: unknown): error is Sqs2pgError {
  return error instanceof Sqs2pgError && error.kind === "unavailable";
}

/** One thing wrong with a table that is to be loaded. */
export interface DatabaseProblem {
  /** As of an error that tells it alone, such as `column_missing`. */
  readonly code: string;
  /** What it is about, such as `shop.orders`. */
  readonly table: string;
  readonly column?: string;
  /** One line: what is wrong, where, and what to do. */
  readonly message: string;
}

/** PostgreSQL said no, or was not there. */
export class DatabaseError extends Sqs2pgError {
  override readonly name = "DatabaseError";
  override readonly kind: ErrorKind;
  /** https://www.postgresql.org/docs/current/errcodes-appendix.html, when the server gave one. */
  readonly sqlState: string | undefined;
  /** Everything that is wrong with the tables at once, where they were looked at before the first row; else empty. */
  readonly problems: readonly DatabaseProblem[];
  /** What has the problems: `host:port/database`; empty where there are none. */
  readonly source: string;

  constructor(
    kind: ErrorKind,
    code: string,
    message: string,
    options?: ErrorOptions & {
      readonly sqlState?: string | undefined;
      readonly problems?: readonly DatabaseProblem[];
      readonly source?: string;
    },
  ) {
    super(code, message, options);
    this.kind = kind;
    this.sqlState = options?.sqlState;
    this.problems = options?.problems ?? [];
    this.source = options?.source ?? "";
  }
}

/** A process that worked for the command is gone before it could say what it had done. */
export class ProcessError extends Sqs2pgError {
  override readonly name = "ProcessError";
  override readonly kind = "failed";
}

/** A command was interrupted before it had done anything that a report would have to account for. */
export class InterruptedError extends Sqs2pgError {
  override readonly name = "InterruptedError";
  override readonly kind = "failed";

  constructor(message = "interrupted before the first receive: nothing was taken from the queue") {
    super("interrupted", message);
  }
}
