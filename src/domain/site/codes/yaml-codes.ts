import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family YAML- mean and how they are mended, whatever the file says exactly. */
export const YAML_CODES: CodeTexts = {};
