import { STRATEGIES } from "../../masking/index.js";
import type { TargetColumn } from "../target.js";

/** What every message has. */
const ALWAYS_THERE: readonly string[] = ["sent_at", "message_id", "receive_count", "queue", "run_id"];

/**
 * What the pipeline would have to say so that a column is never loaded as NULL; undefined where it never is. Converters
 * are left out of account: what they give NULL for is counted, and refused row by row where NULL is not allowed.
 */
export function nullRemedy({
  from,
  required,
  default: standIn,
  nullOnError,
  mask,
}: TargetColumn): string | undefined {
  if (required === undefined && mask === undefined) return undefined;
  if (mask?.strategy === "null") return "choose another mask than null, or leave it out of the pipeline";
  if (mask?.onInvalid === "null" && STRATEGIES[mask.strategy].settings.includes("onInvalid"))
    return "write on_invalid: reject or hmac in the mask";
  if (nullOnError === true) return "write on_error: reject in the pipeline";
  const isThere =
    required !== false ||
    (standIn !== undefined && standIn !== null) ||
    from?.kind === "rest" ||
    (from?.kind === "message" && ALWAYS_THERE.includes(from.value));
  return isThere ? undefined : "write required: true in the pipeline, or a default";
}
