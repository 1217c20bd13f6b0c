import type { PipelineConfig } from "./schema.js";

/** The built-in pipeline: user-login events, in the form in which a user would write it. */
export const LOGIN_PIPELINE: PipelineConfig = {
  queue: "login-queue",
  table: "user_logins",
  columns: {
    user_id: { from: "user_id", type: "varchar(128)", required: true },
    device_type: { from: "device_type", type: "varchar(32)" },
    masked_ip: { from: "ip", type: "varchar(256)", mask: "hmac-sha256" },
    masked_device_id: { from: "device_id", type: "varchar(256)", mask: "hmac-sha256" },
    locale: { from: "locale", type: "varchar(32)" },
    app_version: { from: "app_version", type: "integer", convert: "app-version" },
    create_date: { from: "$sent_at", type: "date" },
  },
};
