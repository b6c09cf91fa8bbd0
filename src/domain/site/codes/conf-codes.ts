import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family CONF- mean and how they are mended, whatever the file says exactly. */
export const CONF_CODES: CodeTexts = {
  "CONF-E03": {
    why: "Files of a site may include what lies in the site's folder and in folders that were allowed at the start; this one lies elsewhere, so its lines are missing. Asterisk would read it.",
    fix: "Start with --allow-include and the folder of that file, or copy the file into the site's folder.",
  },
  "CONF-I01": {
    why: "The folder holds files of Asterisk that say nothing about trunks, stations, accounts, hints or the dialplan, or are named by no #include.",
    fix: "Nothing needs to be done. If such a file was meant to be read, include it from a file that is.",
  },
  "CONF-W04": {
    why: "The line includes nothing: it names no file, or a file that #tryinclude may do without and that cannot be read. The rest of the file is read.",
    fix: "Correct the name, break the circle of files that include each other, or remove the line.",
  },
  "CONF-W12": {
    why: "The pattern of an #include fits no file. Asterisk rejects the whole file for it; Lamplighter reads on.",
    fix: "Write #tryinclude when it is fine that there is no such file, or add one.",
  },
  "CONF-W13": {
    why: "The files have so many findings that listing more helps nobody; most likely one of them is no configuration at all.",
    fix: "Mend what is listed first and check again, or remove the file that is no configuration.",
  },
};
