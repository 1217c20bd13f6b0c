import { pathText } from "./path-text.js";
import { isMap, isSeveral, type Note, type RawMap } from "./reading.js";

/** A pipeline as a file has it. */
export interface RawPipeline {
  /** Undefined: it is the whole file. */
  readonly name: string | undefined;
  /** Where it stands: `pipelines.orders`; empty for the whole file. */
  readonly path: string;
  /** With what the file says for all of its pipelines. */
  readonly raw: RawMap;
  readonly queue: unknown;
}

/** What a file can say once for all of its pipelines: what belongs to the queue. */
const SHARED = ["queue", "envelope", "encoding", "s3_buckets"];

/** What can be said to a shell, and read in a list of names. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u;

function shared(file: RawMap): RawMap {
  return Object.fromEntries(
    SHARED.filter((name) => file[name] !== undefined).map((name) => [name, file[name]]),
  );
}

/** The pipelines of a file, in either form; notes what is wrong with their names and their number. */
export function rawPipelines(raw: unknown, note: Note): RawPipeline[] {
  if (!isMap(raw)) return [];
  if (!isSeveral(raw)) return [{ name: undefined, path: "", raw, queue: raw["queue"] }];
  const { pipelines } = raw;
  if (!isMap(pipelines)) return [];
  const entries = Object.entries(pipelines);
  if (entries.length === 0) note("pipelines", "needs at least one pipeline");
  return entries.flatMap(([name, pipeline]) => {
    const path = pathText(["pipelines", name]);
    // Structure checks pass over this key, as in columns.
    if (name === "__proto__") note(path, "cannot be the name of a pipeline");
    else if (!NAME.test(name)) {
      note(
        path,
        "the name of a pipeline is made of letters, digits, _, - and dots, and does not begin with a dot or -",
        "key",
      );
    }
    if (!isMap(pipeline)) return [];
    const whole = { ...shared(raw), ...pipeline };
    return [{ name, path, raw: whole, queue: whole["queue"] }];
  });
}
