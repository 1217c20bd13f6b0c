/** How much faster a hurried process's minutes go by. */
const FACTOR = 20;
/** Timers from here on are shortened (a statement's); the shorter ones (requests, polls, retries) keep their time. */
const LONG_MS = 40_000;

const SCRIPT = `
  const now = performance.now.bind(performance);
  performance.now = () => now() * ${FACTOR};
  const later = globalThis.setTimeout;
  globalThis.setTimeout = Object.assign(
    (action, delayMs, ...rest) => later(action, delayMs >= ${LONG_MS} ? delayMs / ${FACTOR} : delayMs, ...rest),
    later,
  );`;

/**
 * Arguments for Node that make a minute of patience pass in three seconds, in the real program: its clock runs faster,
 * and long timers, such as a statement's timeout, end earlier.
 */
export const HURRIED: readonly string[] = ["--import", `data:text/javascript,${encodeURIComponent(SCRIPT)}`];
