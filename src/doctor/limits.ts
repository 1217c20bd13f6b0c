/** For one check, unless something else is given: enough for three attempts of an SQS call. */
export const DEFAULT_TIMEOUT_MS = 10_000;
