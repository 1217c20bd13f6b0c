import type { Socket } from "node:net";

/** How bytes flow in one direction. */
export type Flow =
  | "pass"
  /** Taken and never delivered, the end of the connection included: as on a network that drops every packet. */
  | "blackhole"
  /** Kept until the flow is another one. */
  | "stall"
  | { readonly delayMs: number }
  | { readonly bytesPerSecond: number };

export interface PipeOptions {
  readonly from: Socket;
  readonly to: Socket;
  /** Asked for each piece, so that a change counts at once. */
  readonly flow: () => Flow;
}

/** One direction of a connection. */
export interface Pipe {
  push(bytes: Buffer): void;
  /** The sender has said that no more is coming. */
  end(): void;
  /** Resolves when all that was pushed has been handed to the other side. */
  flushed(): Promise<void>;
  /** The flow has changed. */
  wake(): void;
  /** Takes no more and forgets what it has. */
  close(): void;
}

interface Entry {
  /** Null: the end. */
  readonly bytes: Buffer | null;
  readonly atMs: number;
}

const MOST_QUEUED_BYTES = 1024 * 1024;
const THROTTLE_STEPS_PER_SECOND = 20;

/** Hands on what one socket sends to another, as its flow has it. */
export function createPipe({ from, to, flow }: PipeOptions): Pipe {
  let queue: Entry[] = [];
  let queuedBytes = 0;
  let busy = false;
  // What was dropped once is missing for good: such a connection never works again.
  let hasLost = false;
  let onWake: () => void = () => {};
  let idle: (() => void)[] = [];

  const wakeOr = (delayMs?: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = delayMs === undefined ? undefined : setTimeout(resolve, delayMs);
      onWake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const take = (length: number): Buffer | null => {
    const [head, ...rest] = queue;
    if (head === undefined || head.bytes === null) {
      queue = rest;
      return null;
    }
    const piece = head.bytes.subarray(0, length);
    const left = head.bytes.subarray(length);
    queue = left.length > 0 ? [{ ...head, bytes: left }, ...rest] : rest;
    queuedBytes -= piece.length;
    return piece;
  };

  const deliver = (piece: Buffer | null): Promise<void> =>
    new Promise((resolve) => {
      if (to.destroyed || to.writableEnded) resolve();
      else if (piece === null) to.end(() => resolve());
      else to.write(piece, () => resolve());
    });

  /** One step; answers after how long the next one may follow. */
  const step = async ({ bytes, atMs }: Entry, now: Flow): Promise<void> => {
    const length = bytes?.length ?? 0;
    if (typeof now === "object" && "delayMs" in now) {
      const leftMs = atMs + now.delayMs - Date.now();
      if (leftMs > 0) return await wakeOr(leftMs);
    }
    if (typeof now === "object" && "bytesPerSecond" in now) {
      const piece = take(Math.min(length, Math.ceil(now.bytesPerSecond / THROTTLE_STEPS_PER_SECOND)));
      await deliver(piece);
      return await wakeOr(((piece?.length ?? 0) / now.bytesPerSecond) * 1_000);
    }
    await deliver(take(length));
  };

  const pump = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    for (let head = queue[0]; head !== undefined; head = queue[0]) {
      const now = flow();
      if (hasLost || now === "blackhole") {
        hasLost = true;
        forget();
      } else if (now === "stall") await wakeOr();
      else await step(head, now);
      if (queuedBytes < MOST_QUEUED_BYTES) from.resume();
    }
    busy = false;
    for (const resolve of idle) resolve();
    idle = [];
  };

  const add = (bytes: Buffer | null): void => {
    queue.push({ bytes, atMs: Date.now() });
    queuedBytes += bytes?.length ?? 0;
    if (queuedBytes >= MOST_QUEUED_BYTES) from.pause();
    void pump();
  };

  const forget = (): void => {
    queue = [];
    queuedBytes = 0;
  };

  return {
    push: add,
    end: () => add(null),
    flushed: () => (busy ? new Promise((resolve) => idle.push(resolve)) : Promise.resolve()),
    wake: () => onWake(),
    close: () => {
      hasLost = true;
      forget();
      onWake();
    },
  };
}
