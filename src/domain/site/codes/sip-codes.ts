import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family SIP- mean and how they are mended, whatever the file says exactly. */
export const SIP_CODES: CodeTexts = {};
