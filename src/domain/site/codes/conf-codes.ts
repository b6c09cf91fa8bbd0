import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family CONF- mean and how they are mended, whatever the file says exactly. */
export const CONF_CODES: CodeTexts = {
  "CONF-I30": {
    why: "A file with more than a thousand findings is mostly the wrong file, or one mistake repeated.",
    fix: "Mend what is listed and check again.",
  },
  "CONF-I31": {
    why: "A zone may have tones of any name, but the server itself and Read ask for the usual ones.",
    fix: "Write dial, busy, ring, congestion, callwaiting, dialrecall, record, info or stutter, or leave it for Playtones.",
  },
  "CONF-W30": {
    why: "The cadence of ringing is a list of milliseconds, ringing and silence in turn.",
    fix: "Write for example ringcadence = 2000,4000.",
  },
  "CONF-W31": {
    why: "The tone cannot be played as it is written, so the built-in tone of the country, or that of us, is heard instead.",
    fix: "Write [!]hertz[+hertz or *hertz][/milliseconds], parted by commas; up to 4000 hertz and 600000 milliseconds.",
  },
  "CONF-W32": {
    why: "The country of calls that name none has no zone in the file, and none is built in.",
    fix: "Write the name of a section of the file or of a built-in country, or add the zone.",
  },
  "CONF-W33": {
    why: "An alias must name a zone that has tones itself.",
    fix: "Write the name of such a zone.",
  },
  "CONF-W34": {
    why: "[general] of indications.conf says only which country calls belong to.",
    fix: "Remove the line.",
  },
  "CONF-W35": {
    why: "There are more zones, or tones in a zone, than any use has.",
    fix: "Remove those that nobody plays.",
  },
};
