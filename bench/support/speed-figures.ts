import type { Contender } from "./contenders.js";
import type { Drained } from "./drain-backlog.js";
import { medianOf } from "./rates.js";

/** What a contender showed: medians of its rounds. */
export interface Figures {
  readonly title: string;
  readonly copies: number;
  readonly messages: number;
  readonly perSecond: number;
  readonly slowest: number;
  readonly fastest: number;
  readonly processorUs: number;
  readonly requestsPerThousand: number;
  readonly peakMiB: number;
  readonly databaseUs: number;
}

export function figuresOf({ title, copies }: Contender, runs: readonly Drained[]): Figures {
  const median = (figure: (run: Drained) => number): number => medianOf(runs.map(figure));
  const rates = runs.map(({ messages, seconds }) => messages / seconds);
  return {
    title,
    copies,
    messages: runs[0]?.messages ?? 0,
    perSecond: medianOf(rates),
    slowest: Math.min(...rates),
    fastest: Math.max(...rates),
    processorUs: median(({ took, messages }) => took.processorUs / messages),
    requestsPerThousand: median(({ requests, messages }) => (requests * 1_000) / messages),
    peakMiB: median(({ took }) => took.peakMiB),
    databaseUs: median(({ databaseUs, rows }) => databaseUs / rows),
  };
}

/** As a line of a table. */
export function rowOf(figures: Figures): Readonly<Record<string, string | number>> {
  const whole = (number: number): string => Math.round(number).toLocaleString("en-US");
  return {
    contender: figures.title,
    "side by side": figures.copies,
    messages: figures.messages,
    "messages/s": Math.round(figures.perSecond),
    "lowest to highest": `${whole(figures.slowest)} to ${whole(figures.fastest)}`,
    "client CPU us/message": Math.round(figures.processorUs),
    "requests per 1,000": Math.round(figures.requestsPerThousand),
    "peak MiB": Math.round(figures.peakMiB),
    "database CPU us/row": Math.round(figures.databaseUs),
  };
}
