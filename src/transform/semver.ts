const IDENTIFIER = String.raw`(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)`;
/** https://semver.org/spec/v2.0.0.html, and a `v` in front, as tags have it. */
const PATTERN = new RegExp(
  String.raw`^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)` +
    String.raw`(?:-${IDENTIFIER}(?:\.${IDENTIFIER})*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$`,
);
/** As of the npm registry: nobody has longer ones. */
const LONGEST = 256;

const PLACES = { "semver-major": 1, "semver-minor": 2, "semver-patch": 3 } as const;

export type SemverPart = keyof typeof PLACES;

/** The digits of one number of a version; undefined where the text is no version of SemVer 2.0.0. */
export function semverPart(part: SemverPart, text: string): string | undefined {
  return text.length > LONGEST ? undefined : PATTERN.exec(text)?.[PLACES[part]];
}
