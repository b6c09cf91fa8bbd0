import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family SLA- mean and how they are mended, whatever the file says exactly. */
export const SLA_CODES: CodeTexts = {};
