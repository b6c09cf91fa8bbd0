import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family CONF- mean and how they are mended, whatever the file says exactly. */
export const CONF_CODES: CodeTexts = {};
