import { resolveSettings } from "../../config/resolve.js";
import { listRejects } from "../../rejects/list-rejects.js";
import type { Command, CommonFlags } from "../context.js";
import { EXIT } from "../exit-code.js";
import { writeResult } from "../output.js";
import { renderRejectListing } from "../terminal/reject-listing.js";

export interface RejectsFlags extends CommonFlags {
  readonly code?: string;
  readonly allQueues?: boolean;
}

export const rejectsCommand: Command<RejectsFlags> = async ({ flags, context, log }) => {
  const { env, cwd, signals } = context;
  const pipelines = flags.allQueues === true ? "any" : "queue";
  const settings = await resolveSettings({
    ...{ flags, env, cwd },
    needs: { database: true, key: "never", pipelines },
  });
  for (const notice of settings.notices) log.warn(notice);
  const listing = await listRejects(settings, {
    code: flags.code,
    allQueues: flags.allQueues === true,
    stop: signals.stop,
    env,
  });
  writeResult(listing, (look) => renderRejectListing(listing, look), flags, context);
  return EXIT.done;
};
