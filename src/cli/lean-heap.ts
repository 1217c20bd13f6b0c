import { setFlagsFromString } from "node:v8";

/**
 * Lets the heap grow to two and a half times of what is in use before the old part of it is collected. By itself V8 waits for
 * four times that while the heap is small: 80 MB of garbage more, for hardly any time less. Twice takes a twentieth more time.
 */
export function keepHeapLean(): void {
  setFlagsFromString("--heap-growing-percent=150");
}
