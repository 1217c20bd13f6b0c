/** A decimal number, exactly: its digits without zeros around them, and the power of ten of the last one. */
export interface Decimal {
  readonly negative: boolean;
  /** Empty for zero. */
  readonly digits: string;
  readonly exponent: number;
  /** Digits behind the point as they are written, with zeros at the end. */
  readonly scale: number;
}

const SPELLING = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?$/;

/** Reads a decimal number as JSON and PostgreSQL write it; undefined for anything else. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = SPELLING.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", behind = "", alone = ""] = match;
  const fraction = behind + alone;
  const all = whole + fraction;
  const power = Number(match[5] ?? 0);
  // By hand: an expression would look at a long run of zeros once for each of them.
  let start = 0;
  while (all[start] === "0") start += 1;
  let end = all.length;
  while (end > start && all[end - 1] === "0") end -= 1;
  const digits = all.slice(start, end);
  const exponent = digits === "" ? 0 : power - fraction.length + (all.length - end);
  return { negative: sign === "-", digits, exponent, scale: Math.max(0, fraction.length - power) };
}

/** Whether two texts are the same number. */
function isSame(one: Decimal | undefined, other: Decimal | undefined): boolean {
  if (one === undefined || other === undefined || one.digits !== other.digits) return false;
  return one.digits === "" || (one.negative === other.negative && one.exponent === other.exponent);
}

/** Whether the double that a number's text becomes is another number, and not just another spelling of it. */
export function losesDigits(text: string): boolean {
  const value = Number(text);
  return !Number.isFinite(value) || !isSame(parseDecimal(text), parseDecimal(String(value)));
}

/** How many digits a number has before the point; 0 for less than 1. */
export function wholeDigits({ digits, exponent }: Decimal): number {
  return digits === "" ? 0 : Math.max(0, digits.length + exponent);
}

/** How many digits behind the point make a difference. */
export function fractionDigits({ digits, exponent }: Decimal): number {
  return digits === "" ? 0 : Math.max(0, -exponent);
}

/** The number in a form that is never long for its zeros. */
export function decimalText({ negative, digits, exponent }: Decimal): string {
  return digits === "" ? "0" : `${negative ? "-" : ""}${digits}e${exponent}`;
}
