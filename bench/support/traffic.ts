import { loginEvents } from "../../test/support/events.js";
import type { Traffic } from "./load-queue.js";

/** SQS's largest message. */
export const MEBIBYTE: number = 1024 * 1024;

const BLOCK = 1_000;
/** More than what a drain has in hand, so that no block is made twice without need. */
const BLOCKS_KEPT = 8;

export interface LoginTrafficOptions {
  readonly seed?: number;
  /** Share of messages that are something else altogether. */
  readonly foreign?: number;
}

/** Login events with the proportions of real traffic, made a thousand at a time. */
export function loginTraffic(count: number, options: LoginTrafficOptions = {}): Traffic {
  const { seed = 1, foreign = 0.01 } = options;
  const blocks = new Map<number, readonly string[]>();
  const blockOf = (number: number): readonly string[] => {
    const known = blocks.get(number);
    if (known !== undefined) return known;
    const block = [...loginEvents(BLOCK, { seed: seed * 1_000_003 + number, foreign })];
    blocks.set(number, block);
    const [oldest] = blocks.keys();
    if (blocks.size > BLOCKS_KEPT && oldest !== undefined) blocks.delete(oldest);
    return block;
  };
  return {
    count,
    maximumMessageBytes: MEBIBYTE,
    body: (index) => blockOf(Math.floor(index / BLOCK))[index % BLOCK] ?? "",
  };
}

export interface LargeTrafficOptions {
  /**
   * `rows`: login events with a huge field that no column reads. `rejects`: JSON that is no login event and text that is
   * no JSON by turns; every twentieth message is a row, as a queue of nothing but rejects ends a run early.
   */
  readonly kind: "rows" | "rejects";
  /** One character beyond Latin-1 in each body: JavaScript then holds all of it in two bytes a character. */
  readonly isWide?: boolean;
  /** Of one body, exactly. */
  readonly bodyBytes?: number;
}

/** Messages as large as SQS takes them. */
export function largeTraffic(count: number, options: LargeTrafficOptions): Traffic {
  const { kind, isWide = false, bodyBytes = MEBIBYTE } = options;
  const events = loginTraffic(count, { foreign: 0 });
  const filler = fillerOf(bodyBytes);
  const wide = isWide ? "Ж" : "";
  return {
    count,
    maximumMessageBytes: bodyBytes,
    body: (index) => {
      const [start, end] = isRow(index, kind)
        ? [`${events.body(index).slice(0, -1)},"payload":"${wide}`, '"}']
        : index % 2 === 0
          ? [`{"foo":"oops_wrong_msg_type","bar":"${wide}`, '"}']
          : [`{"user_id":"${wide}`, ""];
      return start + filler.slice(0, bodyBytes - Buffer.byteLength(start + end)) + end;
    },
  };
}

/** Whether the message with this index becomes a row. */
export function isRow(index: number, kind: LargeTrafficOptions["kind"]): boolean {
  return kind === "rows" || index % 20 === 0;
}

/** Text that needs no escapes in JSON and that does not repeat within a few kilobytes. */
function fillerOf(bytes: number): string {
  const words = Array.from({ length: 1_009 }, (_, index) => Math.imul(index + 1, 0x9e3779b1).toString(36));
  const period = words.join(" ");
  return period.repeat(Math.ceil(bytes / period.length)).slice(0, bytes);
}
