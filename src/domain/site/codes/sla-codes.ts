import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family SLA- mean and how they are mended, whatever the file says exactly. */
export const SLA_CODES: CodeTexts = {
  "SLA-I34": {
    why: "Without callcounter Asterisk never sees a device in use, so neither completion on busy nor on no reply ever starts. Calls are always counted here.",
    fix: "Nothing needs to be changed here; for Asterisk add callcounter = yes.",
  },
};
