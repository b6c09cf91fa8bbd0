import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family EXT- mean and how they are mended, whatever the file says exactly. */
export const EXT_CODES: CodeTexts = {};
