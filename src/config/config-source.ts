import type { ConfigProblem, Place } from "../errors.js";

/** Where a setting stands in its file; its key, where that is what is wrong. The nearest thing around one that is not there. */
export type Locate = (path: string, at?: "key" | "value") => Place;

/** A text of a file in which variables of the environment were put. */
export interface FilledText {
  /** The keys and indexes that lead to it. */
  readonly keys: readonly (string | number)[];
  /** As it is written in the file, such as `varchar(${LENGTH})`. */
  readonly template: string;
  readonly text: string;
  readonly variables: readonly Variable[];
}

/** A variable of the environment, as it was used. */
interface Variable {
  readonly name: string;
  readonly value: string;
}

/** What a config says, before anything in it was checked, and what is known about where it says so. */
export interface ConfigSource {
  readonly raw: unknown;
  /** The path as it was given, the name that was found, or what else errors call it. */
  readonly source: string;
  /** What is wrong by the file alone: to be told together with everything else. */
  readonly problems?: readonly ConfigProblem[];
  /** Absent: there are no positions. */
  readonly locate?: Locate;
  readonly filled?: readonly FilledText[];
}
