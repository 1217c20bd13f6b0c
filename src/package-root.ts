/** The folder of this package: seen from `src`, and from `dist`, where every bundle with this module in it lies at the top. */
export const PACKAGE_ROOT: URL = new URL("../", import.meta.url);
