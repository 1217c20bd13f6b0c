/** A value that must not get out, and what it stands for. */
export interface Canary {
  readonly name: string;
  readonly text: string;
}

/** What is planted in the masked fields, in every spelling that the program could make of it. */
export const CANARIES = {
  ipv4: "203.0.113.174",
  ipv6: "2001:DB8:7734:5CA1:0:0:AB1E:C0DE",
  ipv6Canonical: "2001:db8:7734:5ca1::ab1e:c0de",
  mappedIpv4: "198.51.100.231",
  device: "887-34-9912-77",
  /** Written differently in almost every format. */
  oddDevice: 'Zq"77\\34/é + canary',
  /** In bodies that never become a row. */
  body: 'body"canary/5c2e 91f7 + é',
  /** The same where a format leaves only letters and digits alone. */
  word: "WholeBody5c2e91f7Canary",
} as const;

export const PLANTED: readonly Canary[] = Object.entries(CANARIES).map(([name, text]) => ({ name, text }));

/** Stands in columns that are not masked: the target and the server may know it, output and bookkeeping may not. */
export const UNMASKED: Canary = { name: "unmasked", text: 'Un"masked/7734 é' };

interface Form {
  readonly form: string;
  readonly text: string;
  readonly ignoresCase?: true;
}

/** Every form in which a text may have been written somewhere. */
export function formsOf(text: string): readonly Form[] {
  const bytes = Buffer.from(text, "utf8");
  // What quoting leaves alone, however often something was quoted: JSON in a row in JSON, for instance.
  const [stretch = ""] = text.split(/["'\\]/).sort((one, other) => other.length - one.length);
  return [
    { form: "plain", text: stretch, ignoresCase: true },
    { form: "ASCII JSON", text: stretch.replace(/[^ -~]/g, unicodeEscape), ignoresCase: true },
    { form: "\\u of everything", text: text.replace(/[\s\S]/g, unicodeEscape), ignoresCase: true },
    {
      form: "bytea's escapes",
      text: Buffer.from(stretch)
        .toString("latin1")
        .replace(/[^ -~]/g, octalEscape),
    },
    { form: "hex", text: bytes.toString("hex"), ignoresCase: true },
    { form: "UTF-16 in hex", text: Buffer.from(text, "utf16le").toString("hex"), ignoresCase: true },
    { form: "a URL's", text: encodeURIComponent(text), ignoresCase: true },
    {
      form: "a form's",
      text: new URLSearchParams({ a: text }).toString().slice("a=".length),
      ignoresCase: true,
    },
    { form: "% of everything", text: bytes.toString("hex").replace(/../g, "%$&"), ignoresCase: true },
    ...[0, 1, 2].flatMap((shift) => [
      { form: `base64 after ${shift}`, text: base64At(bytes, shift, "base64") },
      { form: `base64url after ${shift}`, text: base64At(bytes, shift, "base64url") },
    ]),
  ];
}

/** Each canary that is in a text, with its form. */
export function leaksIn(text: string, canaries: readonly Canary[] = PLANTED): string[] {
  const lower = text.toLowerCase();
  return canaries.flatMap((canary) =>
    formsOf(canary.text)
      .filter((form) =>
        form.ignoresCase ? lower.includes(form.text.toLowerCase()) : text.includes(form.text),
      )
      .map(({ form }) => `${canary.name} as ${form}`),
  );
}

/** The characters of base64 that stand for these bytes alone when `shift` bytes (modulo 3) are before them. */
function base64At(bytes: Buffer, shift: number, encoding: "base64" | "base64url"): string {
  const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString(encoding)
    .replace(/=+$/, "");
  const sharedAtStart = [0, 2, 3][shift];
  const sharedAtEnd = (shift + bytes.length) % 3 === 0 ? 0 : 1;
  return encoded.slice(sharedAtStart, encoded.length - sharedAtEnd);
}

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function octalEscape(unit: string): string {
  return `\\${unit.charCodeAt(0).toString(8).padStart(3, "0")}`;
}
