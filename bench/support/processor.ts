import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Linux counts processor time in hundredths of a second (USER_HZ) on all machines that Node runs on. */
const US_PER_TICK = 10_000;

/** Places in /proc/PID/stat after the name of the program, which may hold spaces (proc(5)). */
const PARENT = 1;
const OWN = [11, 12] as const;
const OF_ENDED_CHILDREN = [13, 14] as const;

/** Processor time, in microseconds, of all children of this process that have ended, and of theirs. */
export async function endedChildrenUs(): Promise<number> {
  return sumOf(await fieldsOf("self"), OF_ENDED_CHILDREN);
}

/**
 * Processor time, in microseconds, that a PostgreSQL server has used so far: of the postmaster, of its processes that have
 * ended (it waits for each of them, so the kernel adds them up) and of those that are alive.
 */
export async function postgresUs(dataFolder: string): Promise<number> {
  const [postmaster = ""] = (await readFile(join(dataFolder, "postmaster.pid"), "utf8")).split("\n");
  let sumUs = sumOf(await fieldsOf(postmaster), [...OWN, ...OF_ENDED_CHILDREN]);
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const fields = await fieldsOf(pid);
    if (fields[PARENT] === postmaster) sumUs += sumOf(fields, OWN);
  }
  return sumUs;
}

/** Nothing for a process that has ended meanwhile. */
async function fieldsOf(pid: string): Promise<readonly string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat
    .slice(stat.lastIndexOf(")") + 2)
    .trim()
    .split(" ");
}

function sumOf(fields: readonly string[], places: readonly number[]): number {
  return places.reduce((sum, place) => sum + Number(fields[place] ?? 0), 0) * US_PER_TICK;
}
