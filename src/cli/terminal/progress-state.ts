import type { DrainEvent, Progress, Retried } from "../../drain/events.js";
import type { StoppedBecause } from "../../drain/report.js";
import { formatRemaining } from "./format.js";
import { printable } from "./printable.js";
import { createRateMeter } from "./rate.js";

type Started = Extract<DrainEvent, { type: "started" }>;
type Retry = Extract<DrainEvent, { type: "retry" }>;

/** What the progress line says at one moment. */
export interface ProgressView {
  readonly queue: string;
  readonly table: string;
  /** Messages whose outcome is known. */
  readonly done: number;
  readonly rejected: number;
  /** How many there are to do: `--max`, or the backlog, which SQS only estimates. */
  readonly total: { readonly count: number; readonly estimated: boolean } | undefined;
  /** Messages a second. */
  readonly rate: number | undefined;
  readonly remainingMs: number | undefined;
  /** What is going on when it is not the usual; `shorter`: the same for less room, the longest first. */
  readonly state:
    | { readonly text: string; readonly shorter?: readonly string[]; readonly trouble: boolean }
    | undefined;
}

interface ProgressState {
  apply(event: DrainEvent, nowMs: number): void;
  /** Undefined until the run has started. */
  view(nowMs: number): ProgressView | undefined;
}

/** Waits shorter than this come and go too fast to be read, */
const WORTH_SAYING_MS = 500;
/** unless nothing has moved for so long: attempts may take longer than the waits between them. */
const STANDSTILL_MS = 2_000;
/** Trouble that is not heard of again for so long is over, although nothing has moved since. */
const FORGOTTEN_MS = 15_000;
const AT_ONCE = "Ctrl-C again: at once";
/** Who is asked; the rest is PostgreSQL's. */
const ASKED: Readonly<Partial<Record<Retried, string>>> = {
  receive: "SQS",
  delete: "SQS",
  release: "SQS",
  fetch: "S3",
};

/** Gathers events into what the progress line shows. */
export function createProgressState(): ProgressState {
  let started: Started | undefined;
  let progress: Progress | undefined;
  let progressAtMs = Number.POSITIVE_INFINITY;
  let stopping: StoppedBecause | undefined;
  let retry: { readonly text: string; readonly code: string; readonly untilMs: number } | undefined;
  const meter = createRateMeter();

  const stateAt = (nowMs: number): ProgressView["state"] => {
    const trouble = retry !== undefined && nowMs < retry.untilMs + FORGOTTEN_MS ? retry : undefined;
    if (stopping === "signal") {
      // Whoever has pressed it waits for a sign that it was heard, whatever else goes on.
      const shorter = [`finishing what is in hand (${AT_ONCE})`, `finishing (${AT_ONCE})`, AT_ONCE];
      const [text = ""] = shorter;
      return trouble === undefined
        ? { text, shorter, trouble: false }
        : { text: `${trouble.text}, ${text}`, shorter, trouble: true };
    }
    if (trouble !== undefined) {
      const { text, code } = trouble;
      const leftMs = trouble.untilMs - nowMs;
      const next = leftMs > 0 ? `next try in ${formatRemaining(leftMs)}` : "trying again";
      return { text: `${text} (${code}), ${next}`, shorter: [`${text}, ${next}`, text], trouble: true };
    }
    return stopping === undefined ? undefined : { text: "finishing what is in hand", trouble: false };
  };

  return {
    apply: (event, nowMs) => {
      if (event.type === "started") started = event;
      if (event.type === "started" || event.type === "progress") progressAtMs = nowMs;
      if (event.type === "stopping") stopping ??= event.because;
      const isStandstill = nowMs - progressAtMs >= STANDSTILL_MS;
      if (event.type === "retry" && (event.delay_ms >= WORTH_SAYING_MS || isStandstill)) {
        const [text, code] = [troubleText(event), printable(event.code)];
        retry = { text, code, untilMs: nowMs + event.delay_ms };
      }
      if (event.type === "progress") {
        progress = event.progress;
        if (retry !== undefined && nowMs >= retry.untilMs) retry = undefined;
      }
      meter.note(nowMs, doneOf(progress, started));
    },
    view: (nowMs) => {
      if (started === undefined) return undefined;
      const done = doneOf(progress, started);
      meter.note(nowMs, done);
      const rate = meter.perSecond();
      const total = totalOf(started, done);
      const isMoving = total !== undefined && rate !== undefined && rate > 0 && stopping === undefined;
      return {
        queue: started.queue,
        table: started.table,
        done,
        rejected: progress?.rejected ?? 0,
        total,
        rate,
        remainingMs: isMoving ? ((total.count - done) * 1_000) / rate : undefined,
        state: stateAt(nowMs),
      };
    },
  };
}

/** A dry run is done with a message as soon as it has read it. */
function doneOf(progress: Progress | undefined, started: Started | undefined): number {
  if (progress === undefined) return 0;
  if (started?.dry_run === true) return progress.received;
  return progress.loaded + progress.duplicates + progress.rejected + progress.released;
}

/** The backlog is an estimate that producers overtake: once passed, it says nothing any more. */
function totalOf({ backlog, max }: Started, done: number): ProgressView["total"] {
  const total =
    max !== undefined && max <= backlog.visible
      ? { count: max, estimated: false }
      : { count: backlog.visible, estimated: true };
  return total.count === 0 || done > total.count ? undefined : total;
}

function troubleText({ what, code }: Retry): string {
  const dependency = ASKED[what] ?? "PostgreSQL";
  return `${dependency} ${isAskingAgain(code) ? "asks for another try" : "is not answering"}`;
}

/** Serialization failure and deadlock (SQLSTATE class 40), throttling, entries of a batch: it did answer. */
function isAskingAgain(code: string): boolean {
  return /^40[0-9P]\w\w$|throttl|toomanyrequests|internalerror|handlereplaced/i.test(code);
}
