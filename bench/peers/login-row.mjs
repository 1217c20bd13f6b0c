import { createHmac } from "node:crypto";

const KEY = Buffer.from(process.env.BENCH_KEY, "hex");

const mask = (value) => (value == null ? null : createHmac("sha256", KEY).update(value).digest("hex"));

/** The row of a message of the login queue, or undefined for what is something else. */
export function loginRow({ Body, Attributes }) {
  const event = JSON.parse(Body);
  if (event.user_id === undefined) return undefined;
  const [major, minor = 0, patch = 0] = event.app_version.split(".").map(Number);
  return {
    user_id: event.user_id,
    device_type: event.device_type,
    masked_ip: mask(event.ip),
    masked_device_id: mask(event.device_id),
    locale: event.locale,
    app_version: major * 10_000 + minor * 100 + patch,
    create_date: new Date(Number(Attributes.SentTimestamp)).toISOString().slice(0, 10),
  };
}
