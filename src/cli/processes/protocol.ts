import type { DrainEvent } from "../../drain/events.js";
import type { DrainReport } from "../../drain/report.js";
import type { DrainFlags } from "../drain-options.js";
import type { SentError } from "./sent-error.js";

/** What the parent says to a process that drains for it. */
export type ToChild =
  /** Flags only: whatever is secret each process reads for itself. */
  | { readonly type: "start"; readonly flags: DrainFlags }
  /** As a first signal. */
  | { readonly type: "stop" }
  /** As a second signal. */
  | { readonly type: "kill" };

/** An error of a run stays where it is: it may quote values. */
export type ToldEvent = Exclude<DrainEvent, { type: "failed" }>;

/** What it answers; the last word is `report` or `thrown`. */
export type FromChild =
  /** It listens. */
  | { readonly type: "ready" }
  | { readonly type: "event"; readonly event: ToldEvent }
  | { readonly type: "warning"; readonly message: string }
  | { readonly type: "report"; readonly report: DrainReport }
  | { readonly type: "thrown"; readonly error: SentError };
