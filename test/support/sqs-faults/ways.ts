import type { Way } from "../way.js";

/** How a drain asks for what it asks for often. */
export interface DrainWay {
  readonly way: Way;
  /** That make it do so. */
  readonly args: readonly string[];
  /** The requests of a call that fails, without the SDK's own repetitions: a direct one is made by the SDK, too. */
  readonly attempts: number;
}

/** For `describe.each` and `test.for`. */
export const DRAIN_WAYS: readonly DrainWay[] = [
  { way: "sdk", args: ["--sdk-only"], attempts: 1 },
  { way: "direct", args: [], attempts: 2 },
];
