/** What a login event is loaded as; whatever is not said is NULL. */
export interface LoadedFields {
  readonly user_id: string;
  readonly device_type?: string;
  /** The text that is masked: of an IP address its one spelling. */
  readonly ip?: string;
  readonly device_id?: string;
  readonly locale?: string;
  readonly app_version?: number;
  /** The version has no number: NULL, and a warning. */
  readonly isVersionOdd?: true;
}

export interface Refusal {
  readonly code: string;
  readonly field: string | null;
}

/** A body that somebody may put on the login queue, and what must become of it. */
export interface HostileBody {
  readonly name: string;
  readonly body: string;
  readonly expected: { readonly row: LoadedFields } | { readonly reject: Refusal };
}

export function loads(name: string, body: string, row: LoadedFields = { user_id: "u" }): HostileBody {
  return { name, body, expected: { row } };
}

export function rejects(name: string, body: string, code: string, field: string | null = null): HostileBody {
  return { name, body, expected: { reject: { code, field } } };
}

/** A value as JSON text. */
export const quoted = (value: unknown): string => JSON.stringify(value);

/** The event of `u` with one field more, as JSON text: the value is written as it is. */
export function withField(field: string, json: string): string {
  return `{"user_id":"u",${quoted(field)}:${json}}`;
}

export const SAMPLE_EVENT =
  '{"user_id":"u","app_version":"2.3.0","device_type":"android","ip":"199.172.111.135","locale":"RU","device_id":"593-47-5928"}';

/** What becomes of the sample. */
export const SAMPLE_ROW: LoadedFields = {
  user_id: "u",
  app_version: 20_300,
  device_type: "android",
  ip: "199.172.111.135",
  locale: "RU",
  device_id: "593-47-5928",
};
