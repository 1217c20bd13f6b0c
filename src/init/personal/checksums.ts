/** Luhn's check (ISO/IEC 7812-1, annex B): cards, IMEIs. */
export function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** The remainder of a long decimal number. */
export function remainder(digits: string, modulus: number): number {
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % modulus;
  return rest;
}

/** ISO 7064 MOD 97-10, over letters as two digits (A = 10): an IBAN whose first four characters stand last. */
export function isMod97(text: string): boolean {
  const digits = text.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return remainder(digits, 97) === 1;
}

/** The multiplication of the dihedral group of order 10, for Verhoeff's check. */
function combine(one: number, other: number): number {
  const turned = one < 5 ? one + (other % 5) : one - (other % 5) + 5;
  return one < 5 === other < 5 ? turned % 5 : (turned % 5) + 5;
}

const VERHOEFF_STEP: readonly number[] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/** Verhoeff's check, as the Indian Aadhaar has it. */
export function isVerhoeff(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    let digit = Number(digits[digits.length - 1 - index]);
    for (let step = 0; step < index % 8; step += 1) digit = VERHOEFF_STEP[digit] ?? 0;
    sum = combine(sum, digit);
  }
  return sum === 0;
}

/** ISO 7064 MOD 11,10, as the German tax number has it: the last digit checks the others. */
export function isMod11And10(digits: string): boolean {
  let product = 10;
  for (const digit of digits.slice(0, -1)) {
    const sum = (Number(digit) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === Number(digits.at(-1));
}
