import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family PHONE- mean and how they are mended: files of phones that lie beside a site's own. */
export const PHONE_CODES: CodeTexts = {
  "PHONE-E01": {
    why: "The file is no XML, even with the signs of a printed page replaced, or it is larger or deeper than any file of a phone. The phone refuses it as a whole and keeps the settings it has.",
    fix: "Mend the place that is named: a quote, a bracket or an end tag is missing, or a name stands twice. A DOCTYPE has no place in it.",
  },
  "PHONE-I01": {
    why: "A phone has a fixed number of keys for its lines and for what it watches together. It works with more than that, but does not show the last ones.",
    fix: "Ask for fewer keys, or attach an expansion module.",
  },
  "PHONE-I02": {
    why: "An empty proxy is no proxy: the phone sends its calls to its server. The line does nothing.",
    fix: "Leave the parameter out, or write the name of the proxy.",
  },
  "PHONE-I03": {
    why: "The folder holds more files of phones than are looked at in one go. Nothing is said about the others.",
    fix: "Check the others in folders of their own, or one by one.",
  },
  "PHONE-W01": {
    why: "The password stands in clear and is one of those that are tried first. Whoever guesses it can make calls from the outside, at your cost.",
    fix: "Write a long random one, here and for the account; or leave it to this server, which makes one and hands it to the phone.",
  },
};
