import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family SLA- mean and how they are mended, whatever the file says exactly. */
export const SLA_CODES: CodeTexts = {
  "SLA-I31": {
    why: "Callers come in at the context of the account that delivers them, by the number that the provider sends. A context with only s takes calls without a number, and a context that no account has takes none.",
    fix: "Write the context at the provider's account, and add exten => _X.,1,Goto(s,1) beside s.",
  },
  "SLA-W23": {
    why: "The phone shows this number when it calls, but nobody can dial it: call completion, and everyone who calls back, would reach nobody.",
    fix: "Give the account the number that leads to it, or add an extension of this number.",
  },
  "SLA-W24": {
    why: "Every call begins with priority 1 of an extension. Without one the extension is as good as not there, and its line never answers.",
    fix: "Number its first step 1.",
  },
  "SLA-W40": {
    why: "The section has no type, or is a trunk with trunk lines; it was asked to be repaired and is read as the type that it must have meant.",
    fix: "Write that type into the section, or into the template that it inherits from.",
  },
};
