/** What `--rotate` says of itself, wherever rows are masked. */
export const ROTATE_TEXT =
  "the first key is another one than before, and that is meant: mask with it from now on";
