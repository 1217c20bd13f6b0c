import { type BenchSqs, startCannedSqs, startEmulatedSqs } from "./bench-sqs/start.js";

/** A queue to measure on. */
export interface QueueKind {
  readonly name: string;
  /** Of RESULTS.md. */
  readonly section: string;
  readonly start: () => Promise<BenchSqs>;
  /** What the fast contenders get, unless told otherwise. */
  readonly messages: number;
  /** Added to every call, unless told otherwise. */
  readonly latencyMs: number;
  /** Its figures are drawn. */
  readonly isCharted?: true;
}

const QUEUES: readonly QueueKind[] = [
  {
    name: "canned",
    section: "speed",
    start: startCannedSqs,
    messages: 300_000,
    latencyMs: 2,
    isCharted: true,
  },
  {
    name: "emulated",
    section: "emulator",
    start: startEmulatedSqs,
    messages: 100_000,
    latencyMs: 0,
  },
];

/** The queue with this name, or all of them. */
export function chosenQueues(name: string): readonly QueueKind[] {
  const chosen = QUEUES.filter((queue) => name === "" || queue.name === name);
  if (chosen.length === 0) {
    throw new Error(`no queue ${name}: there are ${QUEUES.map((queue) => queue.name).join(", ")}`);
  }
  return chosen;
}
