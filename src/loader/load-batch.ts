import type { DatabaseError } from "../errors.js";
import type { Reject } from "../reject.js";
import { rejectOf } from "./errors/data-error.js";
import { toDatabaseError } from "./errors/database-error.js";
import { attemptRepeatedly, type Outage, type RetryOptions } from "./retry.js";
import type { LoadBatch, LoadMessage, Store } from "./store.js";

export interface LoadBatchOptions extends RetryOptions {
  readonly store: Pick<Store, "load">;
  /** Some messages went in, or were there already. */
  readonly onLoaded?: () => void;
  /** The database refused this message's row. */
  readonly onRefused?: (messageId: string) => void;
  /** Asked before each statement: whether to leave the rest unloaded, */
  readonly isHopeless?: () => boolean;
  /** or this message. */
  readonly isKeptBack?: (messageId: string) => boolean;
}

/** What became of a batch: each of its messages is in exactly one of done, rejects, unloaded, keptBack and inDoubt. */
export interface LoadResult {
  readonly loaded: number;
  readonly duplicates: number;
  readonly rows: number;
  readonly superseded: number;
  /** Message ids whose rows have committed, now or before: `loaded + duplicates` of them. */
  readonly done: string[];
  readonly rejects: { readonly messageId: string; readonly reject: Reject }[];
  /** Message ids that were not loaded, for sure. */
  readonly unloaded: string[];
  /** Nor these, because `isKeptBack` said so when it was asked. */
  readonly keptBack: string[];
  /** Message ids that may or may not have been loaded: the connection broke, and nobody could be asked since. */
  readonly inDoubt: string[];
  /** Why loading cannot go on; null also when only the signal ended it. */
  readonly error: DatabaseError | null;
  /** Attempts made. */
  readonly statements: number;
}

/** Messages that go into one statement. */
interface Piece {
  readonly messages: readonly LoadMessage[];
  /** An attempt that held them may have committed. */
  readonly inDoubt: boolean;
}

/**
 * Loads a batch: transient errors are waited out, a batch with a bad row is halved until its message is alone and
 * becomes a reject (about 2 log2(n) statements for each bad one of n), anything else ends it. Never throws.
 */
export async function loadBatch(batch: LoadBatch, options: LoadBatchOptions): Promise<LoadResult> {
  const { store, signal } = options;
  const result = emptyResult();
  const outage: Outage = { sinceMs: undefined };
  const { first, copies } = separateCopies(batch.messages);
  const pieces: Piece[] = first.length > 0 ? [{ messages: first, inDoubt: false }] : [];
  for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
    // What is in doubt is better known, and the database does answer.
    const isHopeless = !piece.inDoubt && options.isHopeless?.() === true;
    if (result.error !== null || signal?.aborted || isHopeless) {
      giveUp(result, piece);
      continue;
    }
    const messages = withoutKeptBack(result, piece, options);
    if (messages.length === 0) continue;
    const attempted = await attemptRepeatedly(
      (isRetry) => {
        result.statements += 1;
        return store.load({ ...batch, messages }, { isRetry });
      },
      options,
      piece.inDoubt,
      outage,
    );
    if (attempted.ok) {
      result.loaded += attempted.value.loaded;
      result.duplicates += attempted.value.duplicates;
      result.rows += attempted.value.rows;
      result.superseded += attempted.value.superseded;
      for (const { messageId } of messages) result.done.push(messageId);
      options.onLoaded?.();
    } else if (attempted.error.class === "data") {
      const [only, second] = messages;
      if (only !== undefined && second === undefined) {
        result.rejects.push({ messageId: only.messageId, reject: rejectOf(attempted.error) });
        options.onRefused?.(only.messageId);
      } else pieces.push(...halves({ messages, inDoubt: attempted.inDoubt }));
    } else {
      giveUp(result, { messages, inDoubt: attempted.inDoubt });
      const interrupted = attempted.error.class === "transient" && signal?.aborted === true;
      if (!interrupted) result.error = toDatabaseError(attempted.error);
    }
  }
  addCopies(result, copies);
  return result;
}

/** A result under construction. */
type Draft = { -readonly [Key in keyof LoadResult]: LoadResult[Key] };

function emptyResult(): Draft {
  return {
    loaded: 0,
    duplicates: 0,
    rows: 0,
    superseded: 0,
    done: [],
    rejects: [],
    unloaded: [],
    keptBack: [],
    inDoubt: [],
    error: null,
    statements: 0,
  };
}

/** What is kept back is not loaded, unless it may be already: then it is better known. */
function withoutKeptBack(
  result: Draft,
  { messages, inDoubt }: Piece,
  { isKeptBack }: LoadBatchOptions,
): readonly LoadMessage[] {
  if (isKeptBack === undefined || inDoubt) return messages;
  return messages.filter(({ messageId }) => {
    const keptBack = isKeptBack(messageId);
    if (keptBack) result.keptBack.push(messageId);
    return !keptBack;
  });
}

/** The first half comes last, to be taken first, so that messages keep their order. */
function halves({ messages, inDoubt }: Piece): [Piece, Piece] {
  const middle = Math.ceil(messages.length / 2);
  return [
    { messages: messages.slice(middle), inDoubt },
    { messages: messages.slice(0, middle), inDoubt },
  ];
}

function giveUp(result: Draft, { messages, inDoubt }: Piece): void {
  const ids = inDoubt ? result.inDoubt : result.unloaded;
  for (const { messageId } of messages) ids.push(messageId);
}

/** A message that is in the batch twice must not end up in two pieces, each of which would count it as its own. */
function separateCopies(messages: readonly LoadMessage[]): {
  first: readonly LoadMessage[];
  copies: readonly LoadMessage[];
} {
  const seen = new Set(messages.map(({ messageId }) => messageId));
  if (seen.size === messages.length) return { first: messages, copies: [] };
  const first: LoadMessage[] = [];
  const copies: LoadMessage[] = [];
  for (const message of messages) (seen.delete(message.messageId) ? first : copies).push(message);
  return { first, copies };
}

/** A copy shares the fate of the first; one of a loaded row is a duplicate. */
function addCopies(result: Draft, copies: readonly LoadMessage[]): void {
  if (copies.length === 0) return;
  const done = new Set(result.done);
  const others = [result.unloaded, result.keptBack, result.inDoubt].map((ids) => ({
    ids,
    had: new Set(ids),
  }));
  const rejects = new Map(result.rejects.map(({ messageId, reject }) => [messageId, reject]));
  for (const { messageId } of copies) {
    const reject = rejects.get(messageId);
    if (reject !== undefined) result.rejects.push({ messageId, reject });
    else if (done.has(messageId)) {
      result.duplicates += 1;
      result.done.push(messageId);
    } else others.find(({ had }) => had.has(messageId))?.ids.push(messageId);
  }
}
