import type { Queue } from "../../queue.js";
import { type BatchAnswer, failedEntries, type ReceiveAnswer, readMessages } from "../wire/answers.js";
import { deleteInput, receiveInput, visibilityInput } from "../wire/inputs.js";
import type { Ask } from "./ask.js";

/**
 * The queue port for a drain: its three frequent calls go past the SDK's middleware, whose cost is many times that of
 * the request; whatever `ask` has no good answer to is left to `queue`, the SDK's.
 */
export function createDirectQueue(queue: Queue, ask: Ask, now: () => number, close: () => void): Queue {
  const { url } = queue;
  return {
    ...queue,

    receive: async (request, signal) => {
      const answer = await ask("receive", "ReceiveMessage", receiveInput(url, request), signal);
      const messages =
        answer === undefined ? undefined : readMessages(answer as ReceiveAnswer, request.maxMessages, now());
      return messages ?? queue.receive(request, signal);
    },

    deleteBatch: async (receiptHandles) => {
      const answer = await ask("delete", "DeleteMessageBatch", deleteInput(url, receiptHandles));
      if (answer === undefined) return queue.deleteBatch(receiptHandles);
      return failedEntries(receiptHandles.length, answer as BatchAnswer);
    },

    changeVisibilityBatch: async (changes) => {
      const answer = await ask("extend", "ChangeMessageVisibilityBatch", visibilityInput(url, changes));
      if (answer === undefined) return queue.changeVisibilityBatch(changes);
      return failedEntries(changes.length, answer as BatchAnswer);
    },

    close: () => {
      close();
      queue.close();
    },
  };
}
