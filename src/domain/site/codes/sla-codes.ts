import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family SLA- mean and how they are mended, whatever the file says exactly. */
export const SLA_CODES: CodeTexts = {
  "SLA-W40": {
    why: "The section has no type, or is a trunk with trunk lines; it was asked to be repaired and is read as the type that it must have meant.",
    fix: "Write that type into the section, or into the template that it inherits from.",
  },
};
