import type { Watch } from "./trap.js";

/** A message of PostgreSQL's protocol, version 3: https://www.postgresql.org/docs/current/protocol-message-formats.html */
interface ProtocolMessage {
  /** One letter; empty for what opens the connection. */
  readonly type: string;
  readonly body: Buffer;
}

/** The statements that load a batch: one that asks the ledger, and one for what is handed out for the first time. */
export const LOAD_STATEMENT: RegExp = /^with (?:incoming|fresh as)/;
/** The one that records rejects. */
export const REJECTS_STATEMENT: RegExp = /^insert into \S+"rejects"/;
/** The one that ends a run's record. */
export const FINISH_STATEMENT: RegExp = /^update \S+"runs"/;
/** The one that prunes the ledger. */
export const PRUNE_STATEMENT: RegExp = /^with gone as/;

export interface AnswerOptions {
  /** How many bytes of the answer get through, of how many; none when absent. */
  readonly deliver?: (answerBytes: number) => number;
}

/**
 * Springs on the whole answer to a statement outside of a transaction block: ReadyForQuery has come in with the status
 * "idle" and no error before it, so the server has committed, and the client has not heard of it.
 */
export function whenAnswered(
  statement: RegExp = LOAD_STATEMENT,
  { deliver = () => 0 }: AnswerOptions = {},
): () => Watch {
  return () => {
    const asked = createReader(true);
    const answered = createReader(false);
    let waiting = false;
    let answerBytes = 0;
    let hasFailed = false;
    return (direction, chunk) => {
      if (direction === "up") {
        for (const message of asked(chunk)) {
          const text = statementOf(message);
          if (text === undefined) continue;
          waiting = statement.test(text);
          answerBytes = 0;
          hasFailed = false;
        }
        return "pass";
      }
      const messages = answered(chunk);
      if (!waiting) return "pass";
      answerBytes += chunk.length;
      hasFailed ||= messages.some(({ type }) => type === "E");
      const ready = messages.find(({ type }) => type === "Z");
      if (ready === undefined) return "hold";
      waiting = false;
      return !hasFailed && ready.body.toString("latin1") === "I" ? { deliver: deliver(answerBytes) } : "pass";
    };
  };
}

/**
 * Springs on the way to the server, when the client has sent a statement outside of a transaction block; nothing more
 * of it gets through.
 */
export function whenAsked(statement: RegExp = LOAD_STATEMENT): () => Watch {
  return () => {
    const asked = createReader(true);
    const answered = createReader(false);
    let isInBlock = false;
    return (direction, chunk) => {
      if (direction === "down") {
        for (const { type, body } of answered(chunk)) {
          if (type === "Z") isInBlock = body.toString("latin1") !== "I";
        }
        return "pass";
      }
      const isAsked = asked(chunk).some((message) => statement.test(statementOf(message) ?? ""));
      return isAsked && !isInBlock ? { deliver: 0 } : "pass";
    };
  };
}

/** The text of a statement, from a Parse or a simple Query. */
function statementOf({ type, body }: ProtocolMessage): string | undefined {
  if (type === "P") return textAt(body, body.indexOf(0) + 1);
  if (type === "Q") return textAt(body, 0);
  return undefined;
}

/** The text up to the next zero byte. */
function textAt(body: Buffer, start: number): string {
  return body.subarray(start, body.indexOf(0, start)).toString("utf8");
}

/** Puts messages together, however they are cut into chunks; a client's first one has no type. */
function createReader(isClient: boolean): (chunk: Buffer) => ProtocolMessage[] {
  let pending: Buffer = Buffer.alloc(0);
  let isFirst = isClient;
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    const messages: ProtocolMessage[] = [];
    for (;;) {
      const typeBytes = isFirst ? 0 : 1;
      if (pending.length < typeBytes + 4) return messages;
      const end = typeBytes + pending.readInt32BE(typeBytes);
      if (pending.length < end) return messages;
      messages.push({
        type: pending.toString("latin1", 0, typeBytes),
        body: pending.subarray(typeBytes + 4, end),
      });
      pending = pending.subarray(end);
      isFirst = false;
    }
  };
}
