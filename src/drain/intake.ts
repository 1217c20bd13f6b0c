import { PARALLEL_FETCHES } from "../payloads/offload.js";
import type { Payload } from "../payloads/payloads.js";
import type { Reject } from "../reject.js";
import { createTaskQueue } from "../task-queue.js";
import type { S3Pointer } from "../transform/body/pointer.js";
import type { Held } from "./hand.js";
import type { PayloadBudget } from "./payload-budget.js";

export interface IntakeOptions {
  readonly budget: PayloadBudget;
  /** Where its payload is, if it is not in the message. */
  readonly pointerOf: (held: Held) => S3Pointer | undefined;
  /** Undefined after a stop; throws what ends the run. */
  readonly fetch: (held: Held, pointer: S3Pointer) => Promise<Payload | undefined>;
  /** Messages of a group keep their order. */
  readonly fifo: boolean;
  /** Whether nothing more is begun. */
  readonly isStopping: () => boolean;
  /** It is complete. */
  readonly take: (held: Held, payload?: { readonly text: string; readonly bytes: number }) => void;
  readonly reject: (held: Held, reject: Reject) => void;
  readonly giveBackLater: (id: string) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * The way of a message to the transform: payloads from outside some at once, and nothing while what is in hand, and may be
 * much larger than the bodies that it came from, takes all the room there is. Whatever can go on at once does.
 */
export interface Intake {
  add(held: Held): void;
  /** Resolves when everything that was added has gone on or is given back. */
  onIdle(): Promise<void>;
}

export function createIntake(options: IntakeOptions): Intake {
  const { budget, fifo, take, giveBackLater } = options;
  const tasks = createTaskQueue(PARALLEL_FETCHES);
  /** Of the FIFO groups of which one is on its way: those behind it. */
  const lines = new Map<string, Held[]>();

  const bring = async (held: Held): Promise<void> => {
    try {
      if (!(await bringOne(held))) giveBackLater(held.id);
    } catch (error) {
      giveBackLater(held.id);
      options.onError(error);
    }
  };

  /** Whether it has gone on. */
  const bringOne = async (held: Held): Promise<boolean> => {
    if (options.isStopping()) return false;
    const pointer = options.pointerOf(held);
    if (pointer === undefined) return budget.enter(() => take(held));
    const hasRoom = await budget.enter(() => {});
    if (!hasRoom || options.isStopping()) return false;
    const payload = await options.fetch(held, pointer);
    if (payload === undefined) return false;
    if ("reject" in payload) {
      options.reject(held, payload.reject);
      return true;
    }
    // Its rows may take as much again, and those of each of the others, too.
    return budget.enter(() => take(held, payload), held.payloadBytes);
  };

  const bringLine = async (group: string, line: Held[]): Promise<void> => {
    for (let next = line.shift(); next !== undefined; next = line.shift()) await bring(next);
    lines.delete(group);
  };

  return {
    add: (held) => {
      const group = fifo ? held.message.groupId : undefined;
      const line = group === undefined ? undefined : lines.get(group);
      if (line !== undefined) line.push(held);
      else if (budget.hasRoom() && options.pointerOf(held) === undefined) take(held);
      else if (group === undefined) tasks.add(() => bring(held));
      else {
        const begun = [held];
        lines.set(group, begun);
        tasks.add(() => bringLine(group, begun));
      }
    },
    onIdle: tasks.onIdle,
  };
}
