import type { Queue } from "../../queue.js";
import { failedEntries, readMessages } from "../wire/answers.js";
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
      const input = receiveInput(url, request);
      const read = (output: object) => readMessages(output, request.maxMessages, now());
      const messages = await ask({ cost: "receive", action: "ReceiveMessage", input, read }, signal);
      return messages ?? queue.receive(request, signal);
    },

    deleteBatch: async (receiptHandles) => {
      const input = deleteInput(url, receiptHandles);
      const read = (output: object) => failedEntries(receiptHandles.length, output);
      const failed = await ask({ cost: "delete", action: "DeleteMessageBatch", input, read });
      return failed ?? queue.deleteBatch(receiptHandles);
    },

    changeVisibilityBatch: async (changes) => {
      const input = visibilityInput(url, changes);
      const read = (output: object) => failedEntries(changes.length, output);
      const failed = await ask({ cost: "extend", action: "ChangeMessageVisibilityBatch", input, read });
      return failed ?? queue.changeVisibilityBatch(changes);
    },

    close: () => {
      close();
      queue.close();
    },
  };
}
