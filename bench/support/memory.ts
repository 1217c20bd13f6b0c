import { readFile } from "node:fs/promises";

/** What a process takes of the machine, in MiB. */
export interface Memory {
  /** Now (VmRSS). */
  readonly nowMiB: number;
  /** At the most since it was started (VmHWM). */
  readonly peakMiB: number;
}

/** Reads /proc/PID/status (Linux); undefined when the process has ended. */
export async function readMemory(pid: number): Promise<Memory | undefined> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const mebibytes = (field: string): number | undefined => {
    const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
    return kibibytes === undefined ? undefined : Math.round(Number(kibibytes) / 1024);
  };
  const nowMiB = mebibytes("VmRSS");
  const peakMiB = mebibytes("VmHWM");
  return nowMiB === undefined || peakMiB === undefined ? undefined : { nowMiB, peakMiB };
}

/** Memory at a moment of a run. */
export interface Sample extends Memory {
  /** How far the run had come, from 0 to 1. */
  readonly progress: number;
}

export interface Sampling {
  /** Ends it; the samples in their order. */
  stop(): readonly Sample[];
}

/** Samples a process's memory until it is told to stop. */
export function sampleMemory(pid: number, everyMs: number, progress: () => number): Sampling {
  const samples: Sample[] = [];
  const timer = setInterval(() => {
    void readMemory(pid).then((memory) => {
      if (memory !== undefined) samples.push({ ...memory, progress: progress() });
    });
  }, everyMs);
  return {
    stop: () => {
      clearInterval(timer);
      return samples;
    },
  };
}

/** The highest of what was sampled between two points of a run. */
export function highestBetween(samples: readonly Sample[], from: number, to: number): number {
  return Math.max(
    0,
    ...samples.filter(({ progress }) => progress >= from && progress <= to).map(({ nowMiB }) => nowMiB),
  );
}
