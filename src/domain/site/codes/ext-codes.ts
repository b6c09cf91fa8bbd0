import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family EXT- mean and how they are mended, whatever the file says exactly. */
export const EXT_CODES: CodeTexts = {
  "EXT-E01": {
    why: "A line of the dialplan needs an extension and a priority. Asterisk ignores it with a warning, and so do we.",
    fix: "Write all parts with commas between them, as in exten => 100,1,Dial(SIP/100,20).",
  },
  "EXT-E02": {
    why: "A hint says whose state a lamp shows. Without a device there is nothing to show; with more devices than anybody could read off one lamp it is left out.",
    fix: "Write exten => extension,hint,Tech/resource, several devices joined by &.",
  },
  "EXT-E03": {
    why: "Extensions have at most 79 characters in Asterisk; a longer one is cut there and no longer matches what phones ask for.",
    fix: "Give the extension, or the station and trunk it is made of, a shorter name.",
  },
  "EXT-E04": {
    why: "A hint is made when the file is read, and no call is there yet that could fill in a variable: only [globals], EXTEN and CONTEXT have a value then. In Asterisk the lamp would watch a device with a hole in its name.",
    fix: "Set the variable in [globals], or write the device out.",
  },
  "EXT-I01": {
    why: "Asterisk has options that change how calls go on from step to step. They are read here, but calls go on as they do by default.",
    fix: "Write the steps so that they do not need the option.",
  },
  "EXT-I02": {
    why: "An include may be valid at certain times only. Times are not kept to here: the context is searched day and night, which may let calls through at hours that were meant to be closed.",
    fix: "Take the times off, or keep contexts apart by other means until times are supported.",
  },
  "EXT-I03": {
    why: "X, Z and N are digits in a pattern, in small letters too. Inside a word this is rarely meant: _trunkX matches tru5k1, and not trunk1.",
    fix: "Put the letter into brackets, _tru[n]kX, if the letter itself is meant.",
  },
  "EXT-I04": {
    why: "A call through a provider needs the section that says where the provider is. Without it Dial ends with CHANUNAVAIL, unless the name is that of a host.",
    fix: "Add the provider's section to sip.conf, or dial number@host.",
  },
  "EXT-I05": {
    why: "Without a maximum of digits nobody knows when the number is complete: after the last digit the caller waits for ten seconds, or has to press #.",
    fix: "Give the greatest number of digits as the third argument of Read.",
  },
  "EXT-I06": {
    why: "The number that was read is gone to without a look. A wrong number ends the call in silence, and no number at all plays dial tone again, for ever.",
    fix: "Add exten => i,1,Congestion() to the context, and look at the number with GotoIf.",
  },
  "EXT-I07": {
    why: "Read gives an empty number when nobody dials within its time. Dial would then call the provider without a number.",
    fix: "Look at the variable with GotoIf before Dial.",
  },
  "EXT-I08": {
    why: "SLATrunk comes back when nobody answers, when the time is over or when the line is taken already. With no step behind it the caller is hung up without a word.",
    fix: "Add steps for the values of SLATRUNK_STATUS, a prompt or another phone for instance.",
  },
  "EXT-I09": {
    why: "Since Asterisk 1.4.5 a trunk whose ringtimeout is over ends with RINGTIMEOUT. Entries for FAILURE and UNANSWERED alone miss these callers.",
    fix: "Add the entry for RINGTIMEOUT, or a pattern for all three.",
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
  "EXT-W07": {
    why: "n and s count from the priority above, and the section has none yet. Asterisk skips the line with a warning, and so do we.",
    fix: "Write 1 for the first step of the context.",
  },
  "EXT-W08": {
    why: "A step says which application runs. The line has only an extension and a priority; there is nothing to do.",
    fix: "Write exten => extension,priority,Application(arguments).",
  },
  "EXT-W09": {
    why: "Arguments stand between parentheses, and the closing one is missing. Asterisk warns and takes everything up to the end of the line.",
    fix: "Add the closing parenthesis.",
  },
  "EXT-W10": {
    why: "Asterisk counts a hint as priority -1, so that n right below it is 0 and the step is dropped without a word. We count on from the last number.",
    fix: "Write the number of the priority, or put the hint above the first step or below the last.",
  },
  "EXT-W11": {
    why: "[general] of extensions.conf has a few options only, and this is none of them. Asterisk ignores it.",
    fix: "Correct the word, or remove the line. Extensions belong to a context of their own.",
  },
  "EXT-W12": {
    why: "A global variable has one value; the last one that is written counts.",
    fix: "Remove the other line.",
  },
  "EXT-W13": {
    why: "Variables in the name of an extension are filled in when the file is read. This one is not set in [globals], so the name is shorter than it looks.",
    fix: "Set the variable in [globals] above, or write the number out.",
  },
  "EXT-W14": {
    why: "An extension has each priority once, and names that differ in their dashes only are one extension. Asterisk keeps the first one and drops the second with a warning, and so do we.",
    fix: "Write n instead of numbers, or remove one of the two lines.",
  },
  "EXT-W15": {
    why: "A pattern that matches everything also matches i, t, h and s, by which Asterisk tells the end of a call and wrong numbers. Asterisk warns of it.",
    fix: "Write _X. for numbers of two or more digits.",
  },
  "EXT-W17": {
    why: "The application cannot do anything sensible with these arguments: it would fail, or do nothing, in every call.",
    fix: "Write its arguments as the message shows.",
  },
  "EXT-W18": {
    why: "A ${ or $[ has no end, so that everything behind it is taken for its name.",
    fix: "Close it with } or ].",
  },
  "EXT-W19": {
    why: "The call is sent to a place that is not in the dialplan. It would end there, without a tone and without a reason for the caller.",
    fix: "Correct the name or the number, or write that extension; an extension i catches what is wrong.",
  },
  "EXT-W20": {
    why: "A phone is called by the name of its account. There is none of this name, so Dial ends at once with CHANUNAVAIL and the phone never rings.",
    fix: "Correct the name, or add its section to sip.conf.",
  },
  "EXT-W21": {
    why: "The site names this emergency number, and a phone that dials it would hear that there is no such extension: no trunk is known by which it could be dialled, and the dialplan does not say how.",
    fix: "Write an extension for it that dials the provider or gateway, in the context of the phones or in that of a trunk (Local/…).",
  },
};
