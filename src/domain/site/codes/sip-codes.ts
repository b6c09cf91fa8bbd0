import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family SIP- mean and how they are mended, whatever the file says exactly. */
export const SIP_CODES: CodeTexts = {
  "SIP-E01": {
    why: "The name of an account is the user of its SIP address and part of file names of phones, so blanks and signs that end either cannot be in it. The account is left out.",
    fix: 'Use letters, digits, "-", "_" and "." in the header.',
  },
  "SIP-E02": {
    why: "md5secret is the MD5 of name:realm:secret in 32 hexadecimal digits. Anything else lets nobody in, so the account is left out.",
    fix: "Write the digits that md5sum gives for name:realm:secret without a line end, or write secret = instead.",
  },
  "SIP-E03": {
    why: "An account whose name is a MAC address is also the phone with that address. Names are told apart by case and addresses are not, so two accounts claim one phone.",
    fix: "Remove one of the two accounts.",
  },
  "SIP-I01": {
    why: "An account without a secret is open to anybody in Asterisk. Here a random secret is made, kept in the data folder and written into the file of the phone, so that it registers without anybody typing it.",
    fix: "Nothing for a phone that is provisioned from here; for any other write secret = in its section.",
  },
  "SIP-W02": {
    why: "Two sections of sip.conf have the same name. They are read as one account in which the later lines win.",
    fix: "Write the account once.",
  },
};
