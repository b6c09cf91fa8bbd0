import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family CC- mean and how they are mended, whatever the file says exactly. */
export const CC_CODES: CodeTexts = {};
