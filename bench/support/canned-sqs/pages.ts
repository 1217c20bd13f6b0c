import { createHash } from "node:crypto";
import { FOREIGN_BODY, loginEvents } from "../../../test/support/events.js";

/** So many different bodies; a longer backlog repeats them. Twenty thousand people: more than the cache of a mask holds. */
const BODIES = 100_000;

const BEFORE_ID = '{"MessageId":"';
const ID_LENGTH = 36;
const BEFORE_HANDLE = '","ReceiptHandle":"';
/** As long as SQS's own. */
const HANDLE_START = `AQEB${"canned0receipt0".repeat(26)}`;
/** The message's number stands at the end of its handle. */
const NUMBER_LENGTH = 12;
const ID_AT = BEFORE_ID.length;
const NUMBER_AT = ID_AT + ID_LENGTH + BEFORE_HANDLE.length + HANDLE_START.length;

const PAGE_START = Buffer.from('{"Messages":[');
const PAGE_END = Buffer.from("]}");
const COMMA = ",".charCodeAt(0);

export interface Pages {
  /**
   * Renders the first `count` messages, so that it does not happen while somebody waits for them, and tells how many of
   * them are login events; the others become no rows.
   */
  prepare(count: number): number;
  /** ReceiveMessage's answer with the messages from `first` to before `end`. */
  page(first: number, end: number, withAttributes: boolean): Buffer;
}

/** Answers made of messages that are rendered once; only their ids and handles are written anew each time. */
export function createPages(sentAtMs: number): Pages {
  const bodies = [...loginEvents(BODIES)];
  const full = new Map<number, Buffer>();
  const bare = new Map<number, Buffer>();
  const messageOf = (index: number, withAttributes: boolean): Buffer => {
    const rendered = withAttributes ? full : bare;
    const slot = index % BODIES;
    const known = rendered.get(slot);
    if (known !== undefined) return known;
    const message = render(bodies[slot] ?? "", withAttributes ? sentAtMs : undefined);
    rendered.set(slot, message);
    return message;
  };
  return {
    prepare: (count) => {
      let loadable = 0;
      for (let index = 0; index < count; index += 1) {
        if (index < BODIES) messageOf(index, true);
        if (bodies[index % BODIES] !== FOREIGN_BODY) loadable += 1;
      }
      return loadable;
    },
    page: (first, end, withAttributes) => {
      const messages: Buffer[] = [];
      for (let index = first; index < end; index += 1) messages.push(messageOf(index, withAttributes));
      const bytes = messages.reduce((sum, { length }) => sum + length + 1, PAGE_START.length - 1);
      const page = Buffer.allocUnsafe(bytes + PAGE_END.length);
      let at = PAGE_START.copy(page);
      for (const [offset, message] of messages.entries()) {
        if (offset > 0) page[at++] = COMMA;
        message.copy(page, at);
        page.write(messageId(first + offset), at + ID_AT, "latin1");
        page.write(hex(first + offset, NUMBER_LENGTH), at + NUMBER_AT, "latin1");
        at += message.length;
      }
      PAGE_END.copy(page, at);
      return page;
    },
  };
}

/** The number of the message that a handle is for. */
export function numberOf(receiptHandle: string): number {
  return Number.parseInt(receiptHandle.slice(-NUMBER_LENGTH), 16);
}

function render(body: string, sentAtMs: number | undefined): Buffer {
  const md5 = createHash("md5").update(body).digest("hex");
  const attributes =
    sentAtMs === undefined
      ? ""
      : `,"Attributes":{"SenderId":"AIDAEXAMPLEEXAMPLE001","ApproximateFirstReceiveTimestamp":"${sentAtMs + 5_000}","ApproximateReceiveCount":"1","SentTimestamp":"${sentAtMs}"}`;
  return Buffer.from(
    `${BEFORE_ID}${"0".repeat(ID_LENGTH)}${BEFORE_HANDLE}${HANDLE_START}${"0".repeat(NUMBER_LENGTH)}","MD5OfBody":"${md5}","Body":${JSON.stringify(body)}${attributes}}`,
  );
}

/** A version 4 UUID that looks random, as SQS's do: ids in order would be kinder to an index than real ones. */
function messageId(index: number): string {
  // Multiplying by an odd number is one-to-one modulo 2^32, so no two messages share the first part.
  const first = Math.imul(index + 1, 0x9e3779b1);
  const second = Math.imul(first ^ (first >>> 15), 0x85ebca6b);
  const third = Math.imul(second ^ (second >>> 13), 0xc2b2ae35);
  const middle = hex(second, 8);
  const end = hex(third, 8);
  return `${hex(first, 8)}-${middle.slice(0, 4)}-4${middle.slice(4, 7)}-a${end.slice(0, 3)}-${middle}${end.slice(4)}`;
}

function hex(number: number, length: number): string {
  return (number >>> 0).toString(16).padStart(length, "0");
}
