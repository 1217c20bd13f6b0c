import fc from "fast-check";
import { isLuhn, isMod97, isVerhoeff } from "../../../src/init/personal/checksums.js";

/** Digits of one length, the first of them not 0. */
export function digits(length: number): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length - 1, maxLength: length - 1 }),
    )
    .map(([first, rest]) => `${first}${rest.join("")}`);
}

/** Puts the last digit that makes a check hold. */
function completed(isValid: (text: string) => boolean): (start: string) => string {
  return (start) => {
    const end = [..."0123456789"].find((digit) => isValid(`${start}${digit}`));
    return `${start}${end}`;
  };
}

const withLuhn = completed(isLuhn);

export const cards: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom("4", "51", "55", "2221", "2720", "6011", "3528"),
    digits(14),
    fc.constantFrom("", " ", "-"),
  )
  .map(([prefix, rest, separator]) => {
    const number = withLuhn(`${prefix}${rest}`.slice(0, 15));
    return number.replace(/(\d{4})(?=\d)/g, `$1${separator}`);
  })
  .filter((card) => !/^(.)\1+$/.test(card));

export const imeis: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom("35", "86", "99", "01", "49"), digits(12))
  .map(([prefix, rest]) => withLuhn(`${prefix}${rest}`));

export const aadhaars: fc.Arbitrary<string> = digits(11)
  .filter((start) => !start.startsWith("1"))
  .map(completed(isVerhoeff));

export const ibans: fc.Arbitrary<string> = digits(18).map((account) => {
  const check = Array.from({ length: 97 }, (_, index) => String(index + 2).padStart(2, "0")).find((two) =>
    isMod97(`${account}DE${two}`),
  );
  return `DE${check}${account}`;
});

/** By the rules of the tax office, written once more. */
export const cpfs: fc.Arbitrary<string> = digits(9)
  .filter((start) => !/^(.)\1+$/.test(start))
  .map((start) => {
    const next = (text: string): string => {
      let sum = 0;
      for (let index = 0; index < text.length; index += 1)
        sum += Number(text[index]) * (text.length + 1 - index);
      const rest = 11 - (sum % 11);
      return `${text}${rest >= 10 ? 0 : rest}`;
    };
    return next(next(start)).replace(/(\d{3})(\d{3})(\d{3})(\d{2})/, "$1.$2.$3-$4");
  });

export const dnis: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: 99_999_999 })
  .map((number) => `${String(number).padStart(8, "0")}${"TRWAGMYFPDXBNJZSQVHLCKE"[number % 23]}`);

export const nirs: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom("1", "2"),
    fc.integer({ min: 0, max: 99 }),
    fc.integer({ min: 1, max: 12 }),
    digits(8),
  )
  .map(([sex, year, month, rest]) => {
    const two = (value: number): string => String(value).padStart(2, "0");
    const number = `${sex}${two(year)}${two(month)}${rest}`;
    return `${number}${two(97 - Number(BigInt(number) % 97n))}`;
  });
