import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family CONF- mean and how they are mended, whatever the file says exactly. */
export const CONF_CODES: CodeTexts = {
  "CONF-E01": {
    why: "A file that breaks the grammar of Asterisk's files is rejected as a whole, as Asterisk does: what follows the break could mean anything. A site with such a file is not served; one that already runs stays as it is.",
    fix: "Mend the line that is named; a lost header, bracket or template name is the usual cause.",
  },
  "CONF-E02": {
    why: "Nothing can refer to a section without a name. It and its lines are left out; the rest of the file is read.",
    fix: "Write a name between the brackets, or remove the section.",
  },
  "CONF-E03": {
    why: "Files of a site may include what lies in the site's folder and in folders that were allowed at the start; this one lies elsewhere, so its lines are missing. Asterisk would read it.",
    fix: "Start with --allow-include and the folder of that file, or copy the file into the site's folder.",
  },
  "CONF-I01": {
    why: "The folder holds files of Asterisk that say nothing about trunks, stations, accounts, hints or the dialplan, or are named by no #include.",
    fix: "Nothing needs to be done. If such a file was meant to be read, include it from a file that is.",
  },
  "CONF-I30": {
    why: "A file with more than a thousand findings is mostly the wrong file, or one mistake repeated.",
    fix: "Mend what is listed and check again.",
  },
  "CONF-I31": {
    why: "A zone may have tones of any name, but the server itself and Read ask for the usual ones.",
    fix: "Write dial, busy, ring, congestion, callwaiting, dialrecall, record, info or stutter, or leave it for Playtones.",
  },
  "CONF-W01": {
    why: "Asterisk skips lines of more than 8190 characters, and so do we. Whatever the line said is missing.",
    fix: "Split the line; lists can mostly be written one item a line.",
  },
  "CONF-W02": {
    why: "A block comment runs from ;-- to --; and this one has no end, so all lines below it are comment.",
    fix: "Write --; where it ends. A ruler of dashes is written ;--- with three dashes or more.",
  },
  "CONF-W03": {
    why: "Templates are only read when the bracket stands right behind the name. With a blank between them Asterisk ignores the list without a word, and the section inherits nothing.",
    fix: "Write [name](template) without a blank.",
  },
  "CONF-W04": {
    why: "The line includes nothing: it names no file, or a file that #tryinclude may do without and that cannot be read. The rest of the file is read.",
    fix: "Correct the name, break the circle of files that include each other, or remove the line.",
  },
  "CONF-W05": {
    why: "A # begins a command to the reader of the file, and this one is none that exists. Asterisk ignores the line with a warning.",
    fix: 'Write #include or #tryinclude with a file name, or ";" in front of a comment.',
  },
  "CONF-W06": {
    why: "Between sections only key = value lines, commands and comments can stand. Asterisk ignores any other line, and so do we; mostly it is prose that was copied along.",
    fix: 'Write key = value, or put ";" in front.',
  },
  "CONF-W07": {
    why: "Names of sections have at most 79 characters; the rest is cut off, and two long names may become one.",
    fix: "Write a shorter name.",
  },
  "CONF-W08": {
    why: "Bytes that nobody can see stand in the line, often left by a terminal or a word processor. They are read as blanks.",
    fix: "Type the line again, or remove them with an editor that shows them.",
  },
  "CONF-W09": {
    why: "(+) continues a section that was written above and can do nothing else: no template is inherited and no filter is looked at.",
    fix: "Write (+) alone, and the templates at the first header of the section.",
  },
  "CONF-W10": {
    why: "+= adds to the value above, and the sum would be longer than any line may be. The value stays as it was.",
    fix: "Write the value in fewer characters, or as several lines where the option may be repeated.",
  },
  "CONF-W11": {
    why: "Some bytes are not UTF-8, so the file comes from an older editor. Those lines are read as Latin-1, which is right for western languages only.",
    fix: "Save the file as UTF-8.",
  },
  "CONF-W12": {
    why: "The pattern of an #include fits no file. Asterisk rejects the whole file for it; Lamplighter reads on.",
    fix: "Write #tryinclude when it is fine that there is no such file, or add one.",
  },
  "CONF-W13": {
    why: "The files have so many findings that listing more helps nobody; most likely one of them is no configuration at all.",
    fix: "Mend what is listed first and check again, or remove the file that is no configuration.",
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
  "CONF-E20": {
    why: "An object cannot be written into Asterisk's files: they would say something else of it, or it holds more than one line.",
    fix: "Give it a name and values of one line, without the signs that these files part by, and export again.",
  },
  "CONF-W20": {
    why: "Asterisk's files have no word for it, so that the export leaves it out: labels, models of phones, feature codes and the like.",
    fix: "Keep it in a site.yaml beside the exported files.",
  },
  "CONF-E41": {
    why: "The file is no XML, even with the signs of a printed page replaced, or it is larger or deeper than any file of a phone. The phone refuses it as a whole and keeps the settings it has.",
    fix: "Mend the place that is named: a quote, a bracket or an end tag is missing, or a name stands twice. A DOCTYPE has no place in it.",
  },
  "CONF-I41": {
    why: "A phone has a fixed number of keys for its lines and for what it watches together. It works with more than that, but does not show the last ones.",
    fix: "Ask for fewer keys, or attach an expansion module.",
  },
  "CONF-I42": {
    why: "An empty proxy is no proxy: the phone sends its calls to its server. The line does nothing.",
    fix: "Leave the parameter out, or write the name of the proxy.",
  },
  "CONF-I43": {
    why: "The folder holds more files of phones than are looked at in one go. Nothing is said about the others.",
    fix: "Check the others in folders of their own, or one by one.",
  },
  "CONF-W41": {
    why: "The password stands in clear and is one of those that are tried first. Whoever guesses it can make calls from the outside, at your cost.",
    fix: "Write a long random one, here and for the account; or leave it to this server, which makes one and hands it to the phone.",
  },
  "CONF-W40": {
    why: "Lines stand above the first section, for which the whole file would be rejected. In repair mode they are read as lines of the context that calls come in at.",
    fix: "Write that context above them, or the one that they are meant for.",
  },
  "CONF-I40": {
    why: "A file of a phone lies beside Asterisk's files and says what these leave open: the name on its screen, or its password.",
    fix: "Nothing has to be done; look whether the file is the one that the phone uses.",
  },
  "CONF-I20": {
    why: "Asterisk has no such object, but its dialplan can say the same: the number is written as an extension with its hint and its steps.",
    fix: "Nothing has to be done; what is changed in the exported lines is not known to the site.yaml.",
  },
};
