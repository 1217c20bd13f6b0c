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
  /** ReceiveMessage's answer with the messages from `first` to before `end`, and the system attributes that were asked for. */
  page(first: number, end: number, attributeNames: readonly unknown[]): Buffer;
}

/** Answers made of messages that are rendered once; only their ids and handles are written anew each time. */
export function createPages(sentAtMs: number): Pages {
  const bodies = [...loginEvents(BODIES)];
  const rendered = new Map<number, Buffer>();
  const messageOf = (index: number): Buffer => {
    const slot = index % BODIES;
    const message = rendered.get(slot) ?? render(bodies[slot] ?? "");
    rendered.set(slot, message);
    return message;
  };
  const attributes: Readonly<Record<string, string>> = {
    SenderId: "AIDAEXAMPLEEXAMPLE001",
    ApproximateFirstReceiveTimestamp: String(sentAtMs + 5_000),
    ApproximateReceiveCount: "1",
    SentTimestamp: String(sentAtMs),
  };
  const ends = new Map<string, Buffer>();
  const endFor = (names: readonly unknown[]): Buffer => {
    const key = names.join();
    const end = ends.get(key) ?? renderEnd(attributes, names);
    ends.set(key, end);
    return end;
  };
  return {
    prepare: (count) => {
      let loadable = 0;
      for (let index = 0; index < count; index += 1) {
        if (index < BODIES) messageOf(index);
        if (bodies[index % BODIES] !== FOREIGN_BODY) loadable += 1;
      }
      return loadable;
    },
    page: (first, end, attributeNames) => {
      const messages: Buffer[] = [];
      for (let index = first; index < end; index += 1) messages.push(messageOf(index));
      const messageEnd = endFor(attributeNames);
      const bytes = messages.reduce((sum, { length }) => sum + length + messageEnd.length + 1, -1);
      const page = Buffer.allocUnsafe(PAGE_START.length + bytes + PAGE_END.length);
      let at = PAGE_START.copy(page);
      for (const [offset, message] of messages.entries()) {
        if (offset > 0) page[at++] = COMMA;
        message.copy(page, at);
        page.write(messageId(first + offset), at + ID_AT, "latin1");
        page.write(hex(first + offset, NUMBER_LENGTH), at + NUMBER_AT, "latin1");
        at += message.length;
        at += messageEnd.copy(page, at);
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

/** A message up to its attributes. */
function render(body: string): Buffer {
  const md5 = createHash("md5").update(body).digest("hex");
  return Buffer.from(
    `${BEFORE_ID}${"0".repeat(ID_LENGTH)}${BEFORE_HANDLE}${HANDLE_START}${"0".repeat(NUMBER_LENGTH)}","MD5OfBody":"${md5}","Body":${JSON.stringify(body)}`,
  );
}

function renderEnd(attributes: Readonly<Record<string, string>>, names: readonly unknown[]): Buffer {
  const asked = Object.entries(attributes).filter(([name]) => names.includes("All") || names.includes(name));
  return Buffer.from(
    asked.length === 0 ? "}" : `,"Attributes":${JSON.stringify(Object.fromEntries(asked))}}`,
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
