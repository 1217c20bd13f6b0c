import { unlessStopped } from "../unless-stopped.js";

/**
 * The same pages until `stop` aborts, which ends with `InterruptedError`: a source may wait for ever for more, such as
 * for what somebody is about to type, and is left alone then.
 */
export async function* untilStopped<Page>(
  pages: AsyncIterable<Page>,
  stop: AbortSignal,
): AsyncGenerator<Page> {
  const iterator = pages[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await unlessStopped(iterator.next(), stop);
      if (done === true) return;
      yield value;
    }
  } finally {
    // It may have to wait for what it waits for already.
    iterator.return?.().catch(() => {});
  }
}
