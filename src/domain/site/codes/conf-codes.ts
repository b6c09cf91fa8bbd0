import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family CONF- mean and how they are mended, whatever the file says exactly. */
export const CONF_CODES: CodeTexts = {
  "CONF-E20": {
    why: "An object cannot be written into Asterisk's files: they would say something else of it, or it holds more than one line.",
    fix: "Give it a name and values of one line, without the signs that these files part by, and export again.",
  },
  "CONF-W20": {
    why: "Asterisk's files have no word for it, so that the export leaves it out: labels, models of phones, feature codes and the like.",
    fix: "Keep it in a site.yaml beside the exported files.",
  },
};
