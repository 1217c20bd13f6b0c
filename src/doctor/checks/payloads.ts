import { PayloadError } from "../../errors.js";
import { openS3Payloads } from "../../payloads/s3/open-payloads.js";
import { type Check, ok, warning } from "../check.js";
import { divided } from "../explain.js";

/** Nobody has put anything there. */
const NO_KEY = "sqs2pg-doctor-no-such-object";

/** An object that is not there is asked for: S3 says so to those who may read and list, and denies access to all others. */
export function payloadsCheck(open: typeof openS3Payloads = openS3Payloads): Check {
  return {
    id: "may_read_payloads",
    group: "queue",
    title: "may read payloads",
    needs: ["packages", "credentials"],
    ifSilent: "check the network, a firewall or a VPC endpoint for S3, and AWS_ENDPOINT_URL_S3",
    run: async ({ facts, env, signal, onClose }) => {
      const buckets = [...new Set(facts.settings.get().pipelines.flatMap(({ body }) => body.s3Buckets))];
      if (buckets.length === 0) return ok("no pipeline reads payloads from S3");
      const { region } = facts.session.get().context();
      const payloads = await open({ region, maxSockets: 2, env });
      onClose(() => payloads.close());
      for (const bucket of buckets) {
        try {
          await payloads.fetch({ bucket, key: NO_KEY }, signal);
        } catch (error) {
          if (!(error instanceof PayloadError) || error.code !== "s3_access_denied") throw error;
          const { remedy = "allow it" } = divided(error.message);
          return warning(`S3 denies access to an object of ${bucket} that is not there`, remedy, {
            code: error.code,
            figures: { buckets: buckets.length },
          });
        }
      }
      return ok(`s3:GetObject is allowed in ${buckets.join(", ")}`, { figures: { buckets: buckets.length } });
    },
  };
}
