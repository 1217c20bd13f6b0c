import { isJsonObject, type JsonObject } from "../paths.js";

/** What SNS writes into a queue unless raw message delivery is on. */
export interface SnsNotification {
  readonly message: string;
  /** Its string and number attributes by name; binary ones are left out. */
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Reads the JSON that SNS wraps a message in; undefined for anything else.
 * https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html
 */
export function readNotification(value: JsonObject): SnsNotification | undefined {
  const message = own(value, "Message");
  if (own(value, "Type") !== "Notification" || typeof message !== "string") return undefined;
  return isOfTopic(value)
    ? { message, attributes: attributesOf(own(value, "MessageAttributes")) }
    : undefined;
}

/**
 * SNS asks by this whether a subscription is wanted, or says that it has ended: no event.
 * https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html
 */
export function isConfirmation(value: JsonObject): boolean {
  const type = own(value, "Type");
  const isType = type === "SubscriptionConfirmation" || type === "UnsubscribeConfirmation";
  return isType && isOfTopic(value) && typeof own(value, "Token") === "string";
}

/** All that an event of EventBridge has besides its `detail`, each a text; `resources` is a list. */
const EVENT_FIELDS = ["version", "id", "detail-type", "source", "account", "time", "region"];

/**
 * The `detail` of an event of EventBridge; undefined for anything else.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
 */
export function readEventDetail(value: JsonObject): JsonObject | undefined {
  const detail = own(value, "detail");
  if (!isJsonObject(detail) || !Array.isArray(own(value, "resources"))) return undefined;
  return EVENT_FIELDS.every((name) => typeof own(value, name) === "string") ? detail : undefined;
}

function isOfTopic(value: JsonObject): boolean {
  const topic = own(value, "TopicArn");
  const texts = [topic, own(value, "MessageId"), own(value, "Timestamp")];
  return texts.every((text) => typeof text === "string") && /^arn:[^:]+:sns:/.test(String(topic));
}

function attributesOf(given: unknown): Readonly<Record<string, string>> {
  if (!isJsonObject(given)) return {};
  // fromEntries defines its keys, so that an attribute named __proto__ is one like any other.
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, attribute]): [string, string][] => {
      if (!isJsonObject(attribute) || own(attribute, "Type") === "Binary") return [];
      const value = own(attribute, "Value");
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
}

function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
