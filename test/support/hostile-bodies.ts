import { ADDRESSES } from "./hostile-bodies/addresses.js";
import { ALMOST_EVENTS } from "./hostile-bodies/almost-events.js";
import type { HostileBody } from "./hostile-bodies/case.js";
import { DEPTH_AND_SIZE } from "./hostile-bodies/depth-and-size.js";
import { INJECTIONS_AS_TEXT } from "./hostile-bodies/injections.js";
import { KEYS } from "./hostile-bodies/keys.js";
import { LENGTHS } from "./hostile-bodies/lengths.js";
import { NO_OBJECT } from "./hostile-bodies/no-object.js";
import { NOT_JSON } from "./hostile-bodies/not-json.js";
import { NUMBERS } from "./hostile-bodies/numbers.js";
import { TEXT } from "./hostile-bodies/text.js";
import { TYPES } from "./hostile-bodies/types.js";
import { VERSIONS } from "./hostile-bodies/versions.js";

export type { HostileBody, LoadedFields, Refusal } from "./hostile-bodies/case.js";
export { BEYOND_SQS } from "./hostile-bodies/depth-and-size.js";

/** Every kind of body that we could think of, within what SQS takes, and what must become of each. */
export const HOSTILE_BODIES: readonly HostileBody[] = [
  ...ALMOST_EVENTS,
  ...NOT_JSON,
  ...NO_OBJECT,
  ...DEPTH_AND_SIZE,
  ...NUMBERS,
  ...KEYS,
  ...TEXT,
  ...LENGTHS,
  ...TYPES,
  ...ADDRESSES,
  ...VERSIONS,
  ...INJECTIONS_AS_TEXT,
];
