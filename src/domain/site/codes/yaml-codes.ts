import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family YAML- mean and how they are mended, whatever the file says exactly. */
export const YAML_CODES: CodeTexts = {
  "YAML-E01": {
    why: "The file is not YAML, or not a map of fields. Nothing in it can be trusted, so it is rejected as a whole; a site that already runs stays as it is.",
    fix: "Mend the place that is named: blanks in front of a field, a missing colon, or an open quote are the usual causes.",
  },
  "YAML-E02": {
    why: "Something of another shape stands where a word, a list or a map belongs. That item is left out.",
    fix: "Write it as the message says; put quotes around a text with signs in it.",
  },
  "YAML-E03": {
    why: "Phones are known by the MAC address on their back. The entry has no such name and is left out.",
    fix: 'Write the 12 hexadecimal digits, with or without ":" or "-".',
  },
  "YAML-E04": {
    why: "A line is named that does not exist, or whose name cannot be used for a key. It is left out.",
    fix: "Add the line to lines, or correct its name.",
  },
  "YAML-E05": {
    why: "The field is not known here and is left out, with all that stands below it.",
    fix: "Correct the spelling, or move the field to where it belongs.",
  },
  "YAML-E06": {
    why: "The same name stands twice in one place. The first one is used.",
    fix: "Remove one of them.",
  },
  "YAML-E07": {
    why: "The keys of all phones together are more than one server is made for, so this phone gets none.",
    fix: "List under each phone only the lines that it shall show.",
  },
  "YAML-E08": {
    why: "A hint needs an extension that can be dialled, that is no line key, and one device or more. This one is left out.",
    fix: 'Write "100": [SIP/name, SIP/other].',
  },
  "YAML-I01": {
    why: "Nobody has to invent passwords of phones: one is made at random, kept in the data folder and written into the file of the phone.",
    fix: "Nothing for a phone that is provisioned from here; for any other write secret: below its account.",
  },
  "YAML-W01": {
    why: "The file can be read, but the reader of YAML found something doubtful in it, and may have understood it differently than it was meant.",
    fix: "Look at the place that is named; quotes around the value settle most cases.",
  },
  "YAML-W02": {
    why: "The value is none of those that the field knows. The default is used, and named in the message.",
    fix: "Write one of the values that the message lists.",
  },
  "YAML-W03": {
    why: "The object is in Asterisk's files and in site.yaml. Those of Asterisk win, so that both servers do the same.",
    fix: "Write it in one place.",
  },
  "YAML-W11": {
    why: "Some bytes are not UTF-8, which YAML has to be. Those lines are read as Latin-1, in which umlauts may come out wrong.",
    fix: "Save the file in UTF-8 with your editor.",
  },
  "YAML-E09": {
    why: "A station is written that cannot be one: its name is taken or cannot be dialled, it has no device to ring, or one of its keys is there already.",
    fix: "Write a name of letters, digits, - or ., a device as Tech/resource, and each line once in its keys.",
  },
  "YAML-E10": {
    why: "An account is written twice or with a name that cannot stand in a SIP address, or its registration does not say where and as whom.",
    fix: 'Write each account once, without blanks or any of @ : ; " < > /, and a registration with server and username.',
  },
  "YAML-E11": {
    why: "An extension is written twice in one context, or its number cannot be dialled.",
    fix: 'Write each number once: "100":, or "100@CONTEXT": for the same number in another context.',
  },
  "YAML-E12": {
    why: "A part of the dialplan cannot be read: the name of a context, extension or variable, or a step that is no application.",
    fix: "Write contexts as NAME: { extensions: { EXTENSION: [Application(arguments), …] } }, each priority once.",
  },
  "YAML-E13": {
    why: "A DAHDI channel is mapped to nothing, or it is no channel.",
    fix: "Write dahdi: { 1: { account: NAME } }, or g1: for a group, with the account of the gateway's port.",
  },
  "YAML-E14": {
    why: "The tones of a country are written twice, or under a name that is no country.",
    fix: 'Write tones: { br: { tones: { dial: "425" } } }, each country once.',
  },
  "YAML-E15": {
    why: "A list cannot be as it is written: its name is no name, or it holds itself, a list that is not there, lists more than three deep, or more than 500 extensions. That part is left out.",
    fix: "Write lists: { NAME: [100, { extension: 101, label: Anna }, { list: OTHER }] }, without a way back to itself.",
  },
  "YAML-E20": {
    why: "An object of Asterisk's files has a name or a value that site.yaml does not take, so that the import leaves it out.",
    fix: "Rename it in Asterisk's files, everywhere it is named, and import again; or add it to site.yaml by hand.",
  },
  "YAML-W06": {
    why: "A phone says something of an account that is written elsewhere, under accounts or in the phone's list: what it says has no effect.",
    fix: "Write it at that account, under accounts.",
  },
  "YAML-W07": {
    why: "A DAHDI channel is mapped to an account that the site does not have, so that the line cannot be dialled.",
    fix: "Write the name of an account of sip.conf, pjsip.conf or site.yaml: that of the gateway the line is on.",
  },
  "YAML-W08": {
    why: "A list names an extension that has no hint. Phones are told that it cannot be watched, and its key stays dark.",
    fix: "Add a hint for the extension, or remove it from the list.",
  },
  "YAML-W20": {
    why: "A value of Asterisk's files is not the same in the site.yaml that was written.",
    fix: "Look at that field in site.yaml and write what is meant.",
  },
};
