import { MaskError } from "../../../src/masking/index.js";

/** The MaskError that `action` throws or rejects with; fails when there is another error, or none. */
export async function maskErrorOf(action: () => unknown): Promise<MaskError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof MaskError) return error;
    throw error;
  }
  throw new Error("expected a MaskError, nothing was thrown");
}
