import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family YAML- mean and how they are mended, whatever the file says exactly. */
export const YAML_CODES: CodeTexts = {
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
  "YAML-E20": {
    why: "An object of Asterisk's files has a name or a value that site.yaml does not take, so that the import leaves it out.",
    fix: "Rename it in Asterisk's files, everywhere it is named, and import again; or add it to site.yaml by hand.",
  },
  "YAML-W06": {
    why: "A phone says something of an account that is written elsewhere, under accounts or in the phone's list: what it says has no effect.",
    fix: "Write it at that account, under accounts.",
  },
  "YAML-W20": {
    why: "A value of Asterisk's files is not the same in the site.yaml that was written.",
    fix: "Look at that field in site.yaml and write what is meant.",
  },
};
