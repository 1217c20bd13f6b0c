import { expect, test } from "vitest";
import { type PersonalData, personalDataOf } from "../../../src/masked-data/audit-names.js";

const NAMES: Readonly<Record<PersonalData, readonly string[]>> = {
  ipv4: [
    "ip",
    "client_ip",
    "clientIp",
    "masked_ip",
    "remote_addr",
    "remoteAddress",
    "$attributes.ip",
    "net.IP_address",
  ],
  "nine-digits": [
    "device_id",
    "deviceId",
    "masked_device_id",
    "user.ssn",
    "national_id",
    "social-security-number",
  ],
  phone: ["phone", "phone_number", "phone2", "contact.telephone", "msisdn", "mobile", "Fax"],
  imei: ["imei", "device.imei_number"],
  card: ["card_number", "cardNumber", "pan", "credit_card", "creditCardNo"],
  postcode: ["zip", "zipcode", "postalCode", "post_code", "address.zip_code"],
  "birth-date": ["birth_date", "birthDate", "dob", "date_of_birth", "birthday"],
  email: ["email", "e_mail", "customer.email", "email_address", "mail", "emailHash"],
  name: [
    "first_name",
    "lastName",
    "surname",
    "customer.name",
    "name",
    "user_name",
    "username",
    "$attributes.full_name",
  ],
  account: ["iban", "account_number"],
  address: ["street", "home_address", "billing.address"],
  device: ["mac", "mac_address", "idfa", "imsi"],
  document: ["passport_number", "driving_licence"],
  position: ["lat", "longitude", "gps"],
};

test.each(
  Object.entries(NAMES).flatMap(([data, names]) => names.map((name): [string, string] => [name, data])),
)("%s is personal data: %s", (name, data) => {
  expect(personalDataOf(name)).toBe(data);
});

test.each([
  ...[
    "user_id",
    "app_version",
    "locale",
    "device_type",
    "create_date",
    "shipped_at",
    "tip",
    "zipper",
    "email_count",
  ],
  ...[
    "product.name",
    "event_name",
    "ip_version",
    "membership",
    "skip",
    "pancake",
    "is_mobile_app",
    "panel",
    "",
    "..",
    "platform",
  ],
])("%j is none", (name) => {
  expect(personalDataOf(name)).toBeUndefined();
});
