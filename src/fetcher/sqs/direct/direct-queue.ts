import type { CallContext } from "../../../aws/description.js";
import type { Queue } from "../../queue.js";
import { unreadable } from "../unreadable.js";
import { failedEntries, readMessages } from "../wire/answers.js";
import { deleteInput, receiveInput, visibilityInput } from "../wire/inputs.js";
import { type Ask, aborted } from "./ask.js";

export interface DirectQueueOptions {
  /** The SDK's: for all that `ask` has no answer to. */
  readonly queue: Queue;
  readonly ask: Ask;
  readonly context: () => Omit<CallContext, "action">;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly close: () => void;
}

/**
 * The queue port for a drain: its three frequent calls go past the SDK's middleware, whose cost is many times that of
 * the request.
 */
export function createDirectQueue(options: DirectQueueOptions): Queue {
  const { queue, context, now } = options;
  const { url } = queue;
  let isClosed = false;

  /** Closing ends the calls that are under way: they are not to begin anew as calls of the SDK's. */
  const ask: Ask = async (question, signal) => {
    const answer = await options.ask(question, signal);
    if (answer === undefined && isClosed) throw aborted({ ...context(), action: question.action });
    return answer;
  };

  return {
    ...queue,

    receive: async (request, signal) => {
      const action = "ReceiveMessage";
      const answer = await ask({ cost: "receive", action, input: receiveInput(url, request) }, signal);
      if (answer === undefined) return queue.receive(request, signal);
      const messages = readMessages(answer, request.maxMessages, now());
      // Asked for again, it would hold back other messages, too, and nobody would hear of it.
      if (messages === undefined) throw unreadable({ ...context(), action });
      return messages;
    },

    deleteBatch: async (receiptHandles) => {
      const input = deleteInput(url, receiptHandles);
      const answer = await ask({ cost: "delete", action: "DeleteMessageBatch", input });
      if (answer === undefined) return queue.deleteBatch(receiptHandles);
      return failedEntries(receiptHandles.length, answer);
    },

    changeVisibilityBatch: async (changes) => {
      const input = visibilityInput(url, changes);
      const answer = await ask({ cost: "extend", action: "ChangeMessageVisibilityBatch", input });
      if (answer === undefined) return queue.changeVisibilityBatch(changes);
      return failedEntries(changes.length, answer);
    },

    close: () => {
      isClosed = true;
      options.close();
      queue.close();
    },
  };
}
