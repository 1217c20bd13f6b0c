import { generate } from "./generate.js";
import { type Outcome, type SimulateOptions, simulate } from "./simulate.js";

/** One seed from beginning to end; a rejection that nobody handles is one of the things that must not be. */
export async function playSeed(seed: number, options?: SimulateOptions): Promise<Outcome> {
  const unhandled: string[] = [];
  const onUnhandled = (reason: unknown): void => {
    unhandled.push(`an unhandled rejection: ${reason instanceof Error ? reason.message : "no error"}`);
  };
  process.on("unhandledRejection", onUnhandled);
  try {
    const outcome = await simulate(generate(seed), options);
    return { ...outcome, broken: [...outcome.broken, ...unhandled] };
  } finally {
    process.off("unhandledRejection", onUnhandled);
  }
}
