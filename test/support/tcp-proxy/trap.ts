/** `up`: from the client to the server. */
export type Direction = "up" | "down";

/** What becomes of a chunk: `deliver` springs the trap after so many bytes of all that was held back. */
export type Verdict = "pass" | "hold" | { readonly deliver: number };

/** Sees every chunk of one connection, in both directions, from the moment on that its trap was set. */
export type Watch = (direction: Direction, chunk: Buffer) => Verdict;

/** What a sprung trap does to its connection: FIN, RST, or silence on an open socket. */
export type Ending = "cut" | "reset" | "blackhole";

export interface TrapOptions {
  /** Called once for each connection. */
  readonly watch: () => Watch;
  readonly ending: Ending;
  /** How often it springs; 0: not before `arm`. Once when absent. */
  readonly times?: number;
  /** Called in the moment in which it springs, before anything else can happen, such as to refuse what comes next. */
  readonly onSprung?: () => void;
}

export interface Trap {
  /** How often it has sprung. */
  readonly sprung: number;
  /** Lets it spring so many times more. */
  arm(times?: number): void;
}

/** A trap as the proxy uses it. */
export interface ArmedTrap extends Trap {
  readonly options: TrapOptions;
  /** Takes one of its times, if there is one left. */
  spring(): boolean;
  readonly isArmed: boolean;
}

export function createTrap(options: TrapOptions): ArmedTrap {
  let left = options.times ?? 1;
  let sprung = 0;
  return {
    options,
    get sprung() {
      return sprung;
    },
    get isArmed() {
      return left > 0;
    },
    arm: (times = 1) => {
      left += times;
    },
    spring: () => {
      if (left <= 0) return false;
      left -= 1;
      sprung += 1;
      return true;
    },
  };
}

/** Springs when a connection has carried so many bytes in a direction, after exactly those. */
export function afterBytes(direction: Direction, count: number): () => Watch {
  return () => {
    let left = count;
    return (where, chunk) => {
      if (where !== direction) return "pass";
      const deliver = left;
      left -= chunk.length;
      return left > 0 ? "pass" : { deliver };
    };
  };
}

/**
 * Springs when a predicate holds for all that a connection has carried in a direction; the chunk that completes it is
 * not delivered. For connections that carry little: everything is kept.
 */
export function whenSeen(direction: Direction, predicate: (seen: Buffer) => boolean): () => Watch {
  return () => {
    let seen: Buffer = Buffer.alloc(0);
    return (where, chunk) => {
      if (where !== direction) return "pass";
      seen = Buffer.concat([seen, chunk]);
      return predicate(seen) ? { deliver: 0 } : "pass";
    };
  };
}

/** Does something in the moment in which another watch would spring, and lets everything through. */
export function noticing(watch: () => Watch, action: () => void): () => Watch {
  return () => {
    const inner = watch();
    return (direction, chunk) => {
      const verdict = inner(direction, chunk);
      if (typeof verdict === "string") return verdict;
      action();
      return "pass";
    };
  };
}
