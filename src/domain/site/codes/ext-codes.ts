import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family EXT- mean and how they are mended, whatever the file says exactly. */
export const EXT_CODES: CodeTexts = {
  "EXT-E01": {
    why: "A line of the dialplan needs an extension and a priority. Asterisk ignores it with a warning, and so do we.",
    fix: "Write exten => extension,priority,Application(arguments).",
  },
  "EXT-E02": {
    why: "A hint says whose state a lamp shows. Without a device there is nothing to show; with more devices than anybody could read off one lamp it is left out.",
    fix: "Write exten => extension,hint,Tech/resource, several devices joined by &.",
  },
  "EXT-E03": {
    why: "Extensions have at most 79 characters in Asterisk; a longer one is cut there and no longer matches what phones ask for.",
    fix: "Give the extension, or the station and trunk it is made of, a shorter name.",
  },
  "EXT-W01": {
    why: "A context knows exten, same, include, ignorepat, autohints and switch. Asterisk ignores other lines with a warning; a misspelt exten takes its extension with it.",
    fix: "Correct the word in front of the arrow.",
  },
  "EXT-W02": {
    why: "same repeats the extension of the line above, and no extension stands above it in this context. The step is missing.",
    fix: "Begin the context with an exten line.",
  },
  "EXT-W03": {
    why: "Steps are numbered: 1, n for the next, or hint for a lamp. The line has another word there and is left out.",
    fix: "Write 1 for the first step and n for those that follow.",
  },
  "EXT-W04": {
    why: "An extension has one hint in a context. Asterisk keeps the first one and warns, and so do we.",
    fix: "Remove one of the two; to show several devices join them by & in one hint.",
  },
  "EXT-W05": {
    why: "An included context is not in the files, so nothing can be found in it. Asterisk warns when it loads the dialplan and goes on.",
    fix: "Write that context, or correct the name.",
  },
  "EXT-W06": {
    why: "include without a name includes nothing.",
    fix: "Write include => context, or remove the line.",
  },
};
