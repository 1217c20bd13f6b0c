/**
 * Writes to a stream no faster than it takes: resolves to false once nobody reads any more, or it cannot be written.
 * Whoever listens to the stream's errors says so.
 */
export function createWriter(stream: NodeJS.WriteStream): (chunk: string | Uint8Array) => Promise<boolean> {
  const isGone = (): boolean => stream.destroyed || stream.errored !== null;
  return async (chunk) => {
    if (isGone()) return false;
    if (chunk.length === 0) return true;
    // What goes wrong is known only afterwards, even where the stream takes it at once.
    return new Promise((resolve) => {
      stream.write(chunk, (error) => resolve(error === null || error === undefined ? !isGone() : false));
    });
  };
}
