import { isMod11And10, isVerhoeff, remainder } from "./checksums.js";

/**
 * `hit`: it is one. `miss`: it has the length, and fails the check: many of these make the hits among them accidents.
 * `other`: another kind of text.
 */
export type Verdict = "hit" | "miss" | "other";

export interface NationalId {
  /** In the plural, for the reason. */
  readonly label: string;
  readonly test: (text: string) => Verdict;
}

function verdict(isValid: boolean): Verdict {
  return isValid ? "hit" : "miss";
}

/** Spaces, points, dashes and slashes between digits are how people write them. */
function compact(text: string): string {
  return text.replace(/[ ./-]/g, "").toUpperCase();
}

/** Only with its dashes: nine bare digits are anything. Some areas and groups are never given out. */
const ssn: NationalId = {
  label: "US social security numbers",
  test: (text) => {
    const match = /^(\d{3})-(\d{2})-(\d{4})$/.exec(text);
    if (match === null) return "other";
    const [, area = "", group, serial] = match;
    return verdict(!/^(?:000|666|9)/.test(area) && group !== "00" && serial !== "0000");
  },
};

const nino: NationalId = {
  label: "UK national insurance numbers",
  test: (text) => {
    const id = compact(text);
    if (!/^[A-Z]{2}\d{6}[A-D]$/.test(id)) return "other";
    return verdict(!/^(?:[DFIQUV]|.[DFIOQUV]|BG|GB|KN|NK|NT|TN|ZZ)/.test(id));
  },
};

/** One digit of the first ten stands there twice or three times, and the last one is a check digit. */
const steuerId: NationalId = {
  label: "German tax numbers",
  test: (text) => {
    const id = compact(text);
    if (!/^\d{11}$/.test(id)) return "other";
    const counts = [..."0123456789"].map((digit) => id.slice(0, 10).split(digit).length - 1);
    const repeated = counts.filter((count) => count > 1);
    return verdict(id[0] !== "0" && repeated.length === 1 && (repeated[0] ?? 0) <= 3 && isMod11And10(id));
  },
};

/** Sex, year, month, department (2A and 2B on Corsica), commune, order; then the key. */
const nir: NationalId = {
  label: "French social security numbers",
  test: (text) => {
    const id = compact(text);
    if (!/^\d{5}(?:\d{2}|2[AB])\d{8}$/.test(id)) return "other";
    if (!/^[12]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)/.test(id)) return "miss";
    const number = id.slice(0, 13).replace("2A", "19").replace("2B", "18");
    return verdict(97 - remainder(number, 97) === Number(id.slice(13)));
  },
};

const DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE";

/** The DNI, and the NIE of foreigners, whose first letter counts as a digit. */
const dni: NationalId = {
  label: "Spanish DNI or NIE numbers",
  test: (text) => {
    const id = compact(text);
    if (!/^[XYZ\d]\d{7}[A-Z]$/.test(id)) return "other";
    const number = id.slice(0, 8).replace(/^[XYZ]/, (letter) => String("XYZ".indexOf(letter)));
    return verdict(DNI_LETTERS[Number(number) % 23] === id[8]);
  },
};

/** What a character at an odd position of a codice fiscale counts; digits count as the letters A to J. */
const ODD_VALUES: readonly number[] = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

const codiceFiscale: NationalId = {
  label: "Italian fiscal codes",
  test: (text) => {
    const id = compact(text);
    // Letters in the place of digits tell people apart who would have the same code.
    if (!/^[A-Z]{6}[\dLMNP-V]{2}[A-EHLMPRST][\dLMNP-V]{2}[A-Z][\dLMNP-V]{3}[A-Z]$/.test(id)) return "other";
    let sum = 0;
    for (let index = 0; index < 15; index += 1) {
      const code = id.charCodeAt(index);
      const value = code < 65 ? code - 48 : code - 65;
      sum += index % 2 === 0 ? (ODD_VALUES[value] ?? 0) : value;
    }
    return verdict(sum % 26 === id.charCodeAt(15) - 65);
  },
};

/** Two check digits; eleven times the same digit passes, and is none. */
const cpf: NationalId = {
  label: "Brazilian CPF numbers",
  test: (text) => {
    const id = compact(text);
    if (!/^\d{11}$/.test(id)) return "other";
    return verdict(!/^(.)\1+$/.test(id) && cpfDigit(id, 9) === id[9] && cpfDigit(id, 10) === id[10]);
  },
};

function cpfDigit(id: string, length: number): string {
  const sum = [...id.slice(0, length)].reduce(
    (before, digit, index) => before + Number(digit) * (length + 1 - index),
    0,
  );
  return String(((sum * 10) % 11) % 10);
}

const aadhaar: NationalId = {
  label: "Indian Aadhaar numbers",
  test: (text) => {
    const id = compact(text);
    return /^\d{12}$/.test(id) ? verdict(/^[2-9]/.test(id) && isVerhoeff(id)) : "other";
  },
};

/** National ids that can be told by their form and, but for SSN and NINO, a check digit. */
export const NATIONAL_IDS: readonly NationalId[] = [
  ssn,
  nino,
  steuerId,
  nir,
  dni,
  codiceFiscale,
  cpf,
  aadhaar,
];
