import { Sqs2pgError } from "../errors.js";

/** A sealed value that cannot be opened, or an object that is no key. Its message names key ids, never values. */
export class MaskError extends Sqs2pgError {
  override readonly name = "MaskError";
  override readonly kind = "failed";
}
