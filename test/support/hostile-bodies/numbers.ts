import { type HostileBody, loads, rejects, withField } from "./case.js";

const numbers = [
  ...["0", "-0", "-0.0", "0e0", "1", "-1", "1.5", "1e3", "1E3", "1e+3", "1e-3", "0.1"],
  ...["9007199254740991", "9007199254740992", "9007199254740993", "-9007199254740993"],
  ...["18446744073709551616", "1e308", "1e309", "-1e400", "1e400", "5e-324", "1e-400", "1e99999999999"],
  ...["0.1000000000000000055511151231257827021181583404541015625"],
];

const noNumbers = [
  ...["00", "01", "-01", "+1", ".5", "5.", "-.5", "1.e3", "-", "--1", "1e", "1e+", "0x10", "0b1", "0o7"],
  ...["1_000", "1,000.00", "1 000", "10n", "1f", "∞", "٣", "１", "½", "1e1.5", "NaN(1)"],
];

export const NUMBERS: readonly HostileBody[] = [
  ...numbers.map((number) => loads(`the number ${number} where nobody looks`, withField("x", number))),
  ...noNumbers.map((text) => rejects(`${text}, which is no number`, withField("x", text), "not_json")),
  loads("a number of 10,000 digits", withField("x", "9".repeat(10_000))),
  loads("10,000 digits after the point", withField("x", `0.${"9".repeat(10_000)}`)),
  loads("an exponent of 10,000 digits", withField("x", `1e${"9".repeat(10_000)}`)),
  rejects(
    "10,000 digits for a masked text",
    withField("device_id", "9".repeat(10_000)),
    "wrong_type",
    "device_id",
  ),
  rejects(
    "a number beyond 2^53 for the required text",
    '{"user_id":9007199254740993}',
    "wrong_type",
    "user_id",
  ),
];
