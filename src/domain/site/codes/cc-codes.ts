import type { CodeTexts } from "./code-texts.ts";

/** What the findings of family CC- mean and how they are mended, whatever the file says exactly. */
export const CC_CODES: CodeTexts = {
  "CC-I01": {
    why: "Macros were deprecated in Asterisk 11 and removed in 21. The option still works here, before cc_callback_sub.",
    fix: "Turn the macro into a context with Return() and name it by cc_callback_sub.",
  },
  "CC-I02": {
    why: "Asterisk's sample file calls the option so, but its code reads another name and ignores this one. Here both are read.",
    fix: "Write cc_caller_offered_devstate.",
  },
  "CC-W01": {
    why: "The policy is none that Asterisk knows. It would use never without a word in the section; so does this server, and says it.",
    fix: "Write never, generic or native; for cc_monitor_policy also always.",
  },
  "CC-W02": {
    why: "Asterisk drops, cuts or wraps such numbers silently, and above 2147483 seconds its timers overflow. Here the default holds instead.",
    fix: "Write a whole number from 1 to 2147483 without a unit; cc_max_agents and cc_max_monitors may be 0.",
  },
  "CC-W03": {
    why: "Asterisk would cut the value at 79 characters, or fail with it when the call back comes. It is not used.",
    fix: "Write [[context,]exten,]priority, a macro's name or Tech/resource, in at most 79 characters.",
  },
  "CC-W04": {
    why: "Call completion is set for each device. Asterisk does not read these options in [general] or in ccss.conf.",
    fix: "Move the line into the device's section of sip.conf, or into a template that it inherits.",
  },
  "CC-W05": {
    why: "Asterisk takes anything that is no yes for no and loads no call completion at all. Here the default, yes, holds.",
    fix: "Write enabled = yes or enabled = no.",
  },
  "CC-W06": {
    why: "Asterisk wraps a negative number to a huge one and never applies the limit. Here the default holds.",
    fix: "Write a whole number; 0 = no requests.",
  },
  "CC-W07": {
    why: "Asterisk keeps the default of a state that it does not know, without a word; so it does with UNKNOWN, although its sample lists it.",
    fix: "Write NOT_INUSE, INUSE, BUSY, INVALID, UNAVAILABLE, RINGING, RINGINUSE or ONHOLD.",
  },
  "CC-W08": {
    why: "ccss.conf has only [general], with enabled, cc_max_requests and the nine cc_…_devstate options.",
    fix: "Move the line into [general] with one of these names, or remove it.",
  },
  "CC-W09": {
    why: "CALLCOMPLETION() reads and writes the options of call completion of one call, and the word is none of them. Asterisk logs it during the call; what is written is lost.",
    fix: "Write an option that devices have: cc_agent_policy, cc_monitor_policy, cc_offer_timer, ccbs_available_timer, ccnr_available_timer, cc_recall_timer, cc_max_agents, cc_max_monitors, cc_agent_dialstring or cc_callback_sub.",
  },
};
