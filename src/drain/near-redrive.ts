import { formatCount } from "../format-count.js";
import type { Message } from "../message.js";

/** Messages that have been received as often as the redrive policy allows: the next receive may move them. */
export interface NearRedrive {
  /** It is to stay on the queue. */
  note(message: Message): void;
  /** A notice, if there are any; `say`: what may become of so many. */
  tell(say: (count: string) => string): void;
}

export interface NearRedriveOptions {
  /** Of the redrive policy; Infinity without one. */
  readonly maxReceiveCount: number;
  readonly onNotice: (message: string) => void;
}

export function createNearRedrive({ maxReceiveCount, onNotice }: NearRedriveOptions): NearRedrive {
  let count = 0;
  return {
    note: ({ receiveCount }) => {
      if (receiveCount >= maxReceiveCount) count += 1;
    },
    tell: (say) => {
      if (count > 0) onNotice(`near the redrive limit: ${say(formatCount(count))}`);
    },
  };
}
