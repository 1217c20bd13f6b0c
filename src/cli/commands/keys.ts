import { isDatabaseGiven } from "../../config/database-given.js";
import { resolveSettings } from "../../config/resolve.js";
import { listKeys } from "../../masked-data/list-keys.js";
import type { Command, CommonFlags } from "../context.js";
import { EXIT } from "../exit-code.js";
import { writeResult } from "../output.js";
import { renderKeyListing } from "../terminal/key-listing.js";

export type KeysFlags = CommonFlags;

export const keysCommand: Command<KeysFlags> = async ({ flags, context, log }) => {
  const { env, cwd, signals } = context;
  const needs = {
    database: isDatabaseGiven(flags.database, env),
    key: "if-given",
    pipelines: "any",
  } as const;
  const settings = await resolveSettings({ flags, env, cwd, needs, stop: signals.stop });
  for (const notice of settings.notices) log.warn(notice);
  const listing = await listKeys(settings, { stop: signals.stop, env });
  writeResult(listing, (look) => renderKeyListing(listing, look), flags, context);
  return EXIT.done;
};
