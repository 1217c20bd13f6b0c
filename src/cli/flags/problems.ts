import { ConfigError, type ConfigProblem, UsageError } from "../../errors.js";

/** Flags whose values cannot be used: gathered while the arguments are parsed, so that all are told at once. */
export interface FlagProblems {
  /** Wraps a parser: what it refuses is kept for `throwIfAny`. */
  collect<Value>(parser: (text: string) => Value): (text: string) => Value | undefined;
  /** Throws the one `UsageError`, or a `ConfigError` with all of them. */
  throwIfAny(): void;
}

export function createFlagProblems(): FlagProblems {
  const errors: UsageError[] = [];
  return {
    collect: (parser) => (text) => {
      try {
        return parser(text);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        errors.push(error);
        return undefined;
      }
    },
    throwIfAny: () => {
      const [first, second] = errors;
      if (first === undefined) return;
      if (second === undefined) throw first;
      const problems = errors.map(({ message }): ConfigProblem => ({ path: "", message }));
      throw new ConfigError("arguments", problems, { cause: new AggregateError(errors) });
    },
  };
}
