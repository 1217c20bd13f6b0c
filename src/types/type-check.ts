import { createArrayCheck } from "./array.js";
import { createByteaCheck } from "./bytea.js";
import type { Check, Fault } from "./cell.js";
import type { ColumnType, ScalarType } from "./column-type.js";
import { typeText } from "./column-type.js";
import { createDateCheck, createLocalTimestampCheck, createTimestampCheck } from "./dates.js";
import { createFloatCheck } from "./floats.js";
import { createCidrCheck, createInetCheck } from "./inet.js";
import { createIntervalCheck } from "./interval.js";
import { createJsonCheck } from "./json.js";
import { createIntegerCheck, createIntegerTextCheck } from "./numbers.js";
import { createNumericCheck } from "./numeric.js";
import { readJson } from "./read-json.js";
import { createTextCheck } from "./text.js";
import { createTimeCheck } from "./time.js";
import { createUuidCheck } from "./uuid.js";

/** The check of a JSON value for a column; `target` is what reasons call that: `user_id varchar(128)`. */
export function createTypeCheck(type: ColumnType, target: string): Check {
  if (type.name !== "array") return createScalarCheck(type, target);
  return createArrayCheck(createScalarCheck(type.element, `an element of ${target}`), target);
}

function createScalarCheck(type: ScalarType, target: string): Check {
  switch (type.name) {
    case "text":
    case "varchar":
    case "char":
      return createTextCheck(characterLimit(type), target);
    case "smallint":
    case "integer":
    case "bigint":
      return createIntegerCheck(type.name, target);
    case "numeric":
      return createNumericCheck(type, target);
    case "real":
    case "double precision":
      return createFloatCheck(type.name, target);
    case "boolean":
      return createBooleanCheck(target);
    case "uuid":
      return createUuidCheck(target);
    case "date":
      return createDateCheck(target);
    case "timestamp":
      return createLocalTimestampCheck(target);
    case "timestamptz":
      return createTimestampCheck(target);
    case "time":
      return createTimeCheck(target);
    case "interval":
      return createIntervalCheck(target);
    case "json":
    case "jsonb":
      return createJsonCheck(type.name, target);
    case "inet":
      return createInetCheck(target);
    case "cidr":
      return createCidrCheck(target);
    case "bytea":
      return createByteaCheck(target);
  }
}

/** The same for a message attribute, which is a text whatever it stands for. */
export function createAttributeCheck(type: ColumnType, target: string): Check {
  switch (type.name) {
    case "smallint":
    case "integer":
    case "bigint":
      return createIntegerTextCheck(type.name, target);
    case "boolean": {
      const wrongType: Fault = { fault: "wrong_type", reason: `must be true or false for ${target}` };
      return (value) => (value === "true" ? true : value === "false" ? false : wrongType);
    }
    case "json":
    case "jsonb": {
      const check = createJsonCheck(type.name, target);
      const notJson: Fault = { fault: "not_json", reason: `must be a JSON text for ${target}` };
      return (value) => {
        const json = typeof value === "string" ? readJson(value) : undefined;
        return json === undefined ? notJson : json.value === null ? null : check(json.value);
      };
    }
    default:
      return createTypeCheck(type, target);
  }
}

function createBooleanCheck(target: string): Check {
  const wrongType: Fault = { fault: "wrong_type", reason: `must be true or false for ${target}` };
  return (value) => (typeof value === "boolean" ? value : wrongType);
}

/** How many characters a column holds at the most. */
export function characterLimit(type: ColumnType): number {
  return type.name === "varchar" || type.name === "char" ? type.length : Number.POSITIVE_INFINITY;
}

/** What reasons call a column. */
export function targetText(name: string, type: ColumnType): string {
  return `${name} ${typeText(type)}`;
}
