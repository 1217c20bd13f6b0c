import type { Clock } from "../clock.js";
import type { Environment } from "../config/key-source.js";
import type { SettingFlags } from "../config/resolve.js";
import type { ConfigFile } from "../config/schema.js";
import type { Facts } from "./facts.js";

/** What a check works with. */
export interface Tools {
  readonly flags: SettingFlags;
  /** A pipeline in code: then no file is looked for. */
  readonly pipeline: ConfigFile | undefined;
  readonly env: Environment;
  readonly cwd: string;
  readonly clock: Clock;
  /** One message may really be received. */
  readonly receive: boolean;
  /** For one check; what is under way then is given up. */
  readonly timeoutMs: number;
  /** What checks have found out for those that need them. */
  readonly facts: Facts;
  /** Aborted by an interrupt, or when the check has taken too long: nobody waits for it any more. */
  readonly signal: AbortSignal;
  /** Called at the end, the last one first. */
  readonly onClose: (close: () => void | Promise<void>) => void;
}
