import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family SLA- mean and how they are mended, whatever the file says exactly. */
export const SLA_CODES: CodeTexts = {
  "SLA-E01": {
    why: "A section of sla.conf says neither that it is a trunk nor that it is a station. Asterisk skips it with a warning, so its keys do not exist and its phone never rings; it is left out here too.",
    fix: "Write type = trunk for an outside or shared line, type = station for a phone, in the section or in its template.",
  },
  "SLA-E02": {
    why: "Only two types of section exist in sla.conf. Asterisk skips a section of any other type, and so do we.",
    fix: "Write type = trunk or type = station.",
  },
  "SLA-E03": {
    why: "Without a device nobody knows what to ring or what to dial. Asterisk stops reading the file at this section; here only this section is left out.",
    fix: "Write device = Tech/resource: SIP/name for a phone, Local/extension@context for a line through the dialplan.",
  },
  "SLA-E04": {
    why: "A device has two parts, the technology and what it is to reach, with a slash between them. Asterisk takes a broken one for a station without a word and never rings it.",
    fix: "Write both parts, as in SIP/station1 or Local/disa@line1_outbound.",
  },
  "SLA-E05": {
    why: "A key was asked for a line that is not in the file. Asterisk drops the key and keeps the station; so do we.",
    fix: "Correct the name of the trunk, or add a section of that name with type = trunk.",
  },
  "SLA-E06": {
    why: "Keys are called station_trunk. Two pairs of station and trunk give the same name here, and nobody could tell their lamps or calls apart; the first pair keeps the name.",
    fix: 'Write "-" instead of "_" in the name of the station.',
  },
  "SLA-E07": {
    why: "A trunk has no trunk lines: the section is a station with the wrong type, mostly inherited from a template. Asterisk makes it one more trunk, ignores its keys, and every phone of the template goes dead.",
    fix: "Write type = station in the section, or in the template that all of them inherit.",
  },
  "SLA-E08": {
    why: "After the name of its trunk a key may only say how long its phone rings and when it begins. What else stands there is left out; Asterisk may even crash on a word without a value.",
    fix: "Write trunk = name,ringtimeout=20 or trunk = name,ringdelay=5, and one trunk a line.",
  },
  "SLA-I30": {
    why: "A line without keys rings nobody, a station without keys can take no line. Both are allowed, and rarely meant.",
    fix: "Add trunk = name to the stations that shall have the line, or remove the section.",
  },
  "SLA-I31": {
    why: "Callers come in at the context of the account that delivers them, by the number that the provider sends. A context with only s takes calls without a number, and a context that no account has takes none.",
    fix: "Write the context at the provider's account, and add exten => _X.,1,Goto(s,1) beside s.",
  },
  "SLA-I32": {
    why: "DAHDI is hardware in the machine that runs Asterisk, which is not here. The line is kept: its lamps work and calls that come in by SIP ring its stations, but it cannot be taken to dial out.",
    fix: "Put the line on a SIP gateway (an FXO port) and map the channel to the gateway's account, as in dahdi: { 1: { account: gateway } } of site.yaml.",
  },
  "SLA-I33": {
    why: "Two stations with different lines ring the same phone, which is how a phone gets one key a line in the alternate layout. Each station rings on its own, so the phone may ring for both lines at once.",
    fix: "Nothing, if one phone with several keys is meant; otherwise correct the device of one of them.",
  },
  "SLA-I34": {
    why: "Without callcounter Asterisk never sees a device in use, so neither completion on busy nor on no reply ever starts. Calls are always counted here.",
    fix: "Nothing needs to be changed here; for Asterisk add callcounter = yes.",
  },
  "SLA-I35": {
    why: "Blanks beside the comma or the equals sign of a key mean nothing here. Asterisk takes them for part of the word and ignores the time, or the whole key.",
    fix: "Write it without blanks, as in trunk = line1,ringdelay=5.",
  },
  "SLA-W10": {
    why: "A blank stands inside a device, where no name can have one; mostly it was copied from a printed page. Asterisk looks for an account whose name begins with a blank and never rings it; here the blank is taken out.",
    fix: "Write the device without blanks.",
  },
  "SLA-W11": {
    why: "The option is not one of this kind of section. Asterisk reports it as invalid and ignores it, and so do we.",
    fix: "Move it to a section of the kind that knows it, correct its spelling, or remove the line.",
  },
  "SLA-W12": {
    why: "Times are whole seconds from 0 to 86400. Asterisk takes a negative time for one that is over at once, and reads only the digits at the front of anything else.",
    fix: "Write digits only, as in ringtimeout = 20.",
  },
  "SLA-W13": {
    why: "The word is none of those that the option knows. Asterisk falls back without telling; the value that is used is named here.",
    fix: "Write yes or no; for hold write open or private.",
  },
  "SLA-W14": {
    why: "Asterisk reads sla.conf from the top and drops keys of trunks that come later. Here the order does not matter.",
    fix: "Move the trunk above its stations if Asterisk shall read the file too.",
  },
  "SLA-W15": {
    why: "A Local device runs the dialplan at an extension of a context. Where that is missing, the line cannot be taken: the phone hears congestion.",
    fix: "Write the context and its extension in extensions.conf, or correct the name after the @; mind blanks inside it.",
  },
  "SLA-W16": {
    why: "The lamp of a key is lit by a hint. Without one the phone's subscription is refused and the key stays dark, although it can be pressed.",
    fix: "Add exten => station_trunk,hint,SLA:station_trunk to the context that the phones watch, or give the station an autocontext.",
  },
  "SLA-W17": {
    why: "SLA: devices are keys, called by their station and trunk. Nothing has this name, so the lamp shows Unavailable for ever.",
    fix: "Correct the name, or give that station a line trunk = for that trunk.",
  },
  "SLA-W18": {
    why: "The phone would stop ringing for this line before it begins: the time-out of a key counts from the moment the line starts to ring, not the phone.",
    fix: "Make ringtimeout greater than ringdelay.",
  },
  "SLA-W20": {
    why: "Printed pages and web sites put their own quotes, dashes and blanks in place of those of the keyboard. Asterisk and phones take them for letters: names begin with an invisible character, files are refused. Blanks are read here as blanks; quotes and dashes are kept in Asterisk's files and replaced in files of phones.",
    fix: "Type the plain character that the message names.",
  },
  "SLA-W21": {
    why: "Programs, foreign dialplans and parts of the dialplan that this server does not have are never run from a site's files. What depended on them does not happen.",
    fix: "Write the result into the file, or what you need with the parts that are known.",
  },
  "SLA-W23": {
    why: "The phone shows this number when it calls, but nobody can dial it: call completion, and everyone who calls back, would reach nobody.",
    fix: "Give the account the number that leads to it, or add an extension of this number.",
  },
  "SLA-W24": {
    why: "Every call begins with priority 1 of an extension. Without one the extension is as good as not there, and its line never answers.",
    fix: "Number its first step 1.",
  },
  "SLA-W25": {
    why: "Asterisk splits the name of a key at its first underscore, so such a station can never be dialled or lit there. Here the longest name that fits is taken.",
    fix: 'Rename the station, with "-" in the place of "_"; its keys and hints are renamed with it.',
  },
  "SLA-W26": {
    why: "A station has one key for a line. Asterisk changes the key it has instead of adding another, and so do we: the later line counts, at the place of the first.",
    fix: "Remove one of the lines.",
  },
  "SLA-W27": {
    why: "A key dials its own name. Blanks and signs that mean something in a SIP address or in the dialplan may not come through from every phone.",
    fix: 'Use letters, digits, "-" and "." in names of sections.',
  },
  "SLA-W28": {
    why: "A station rings an account that is not in the site, so no phone can register for it and its keys ring nobody.",
    fix: "Add the account to sip.conf, or correct the device of the station.",
  },
  "SLA-W29": {
    why: "The technology of the device is one of Asterisk's that is not spoken here, so that the phone is never rung and the line never dialled. Its lamps work.",
    fix: "Connect the phone or the line by SIP and write SIP/name or PJSIP/name; an analog line is DAHDI/channel with an entry in dahdi of site.yaml.",
  },
  "SLA-W40": {
    why: "The section has no type, or is a trunk with trunk lines; it was asked to be repaired and is read as the type that it must have meant.",
    fix: "Write that type into the section, or into the template that it inherits from.",
  },
};
