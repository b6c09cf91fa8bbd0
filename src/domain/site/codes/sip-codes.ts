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
  "SIP-E04": {
    why: "An address list that cannot be read may not be guessed: the account stays out, or it would be open to everybody. Asterisk refuses the line too.",
    fix: "Write permit and deny with an address, a network in CIDR form (192.168.0.0/16) or with a netmask without holes.",
  },
  "SIP-E05": {
    why: "A registration with a provider needs at least a user and the provider's host. This one has not, and is not kept up.",
    fix: "Write register => user:secret@host, or server_uri and client_uri of a pjsip registration as SIP URIs.",
  },
  "SIP-E06": {
    why: "The place where the peer is to be found is neither dynamic nor a host name or address, so nothing could reach it.",
    fix: "Write host = dynamic for a phone that registers, else a host name or an address, with port = beside it.",
  },
  "SIP-E07": {
    why: "A section of pjsip.conf is what its type says; without a known type Asterisk leaves it out, and so do we.",
    fix: "Write type = endpoint, auth, aor, identify, registration, transport, acl or global; wizard sections go into pjsip_wizard.conf.",
  },
  "SIP-I01": {
    why: "An account without a secret is open to anybody in Asterisk. Here a random secret is made, kept in the data folder and written into the file of the phone, so that it registers without anybody typing it.",
    fix: "Nothing for a phone that is provisioned from here; for any other write secret = in its section.",
  },
  "SIP-I02": {
    why: "Asterisk knows the option, but it rules something that is not done here, or that is set elsewhere.",
    fix: "Nothing needs to be changed.",
  },
  "SIP-I03": {
    why: "Calls and subscriptions of strangers are never taken without a password.",
    fix: "Name the networks that need none by --trust, or give the peer an account with host and insecure = invite.",
  },
  "SIP-I04": {
    why: "Of users.conf only SIP users become accounts. Asterisk makes none either where hassip is not yes.",
    fix: "Write hassip = yes in the section or in [general].",
  },
  "SIP-W02": {
    why: "Two sections of sip.conf have the same name. They are read as one account in which the later lines win.",
    fix: "Write the account once.",
  },
  "SIP-W03": {
    why: "No release of Asterisk has an option of this name here, so the line does nothing there either. Mostly it is a slip of the pen.",
    fix: "Write the option that was meant, or remove the line.",
  },
  "SIP-W04": {
    why: "The value is not one that the option can have. The rest of the account is used with the value that is named.",
    fix: "Write one of the values that are named.",
  },
  "SIP-W05": {
    why: "The option stands where Asterisk does not read it: some belong to [general], some to each account.",
    fix: "Move the line to where it is read; a template saves repeating it.",
  },
  "SIP-W06": {
    why: "The lists of acl.conf are not read here, so this line keeps nobody out.",
    fix: "Copy the rules of that list as permit and deny lines into the account.",
  },
  "SIP-W07": {
    why: "The registration belongs to no account that could keep it up.",
    fix: "Name the account before a question mark in the register line, give it a host, and write one registration for each account.",
  },
  "SIP-W08": {
    why: "SIP/name and PJSIP/name are one account here. Where several files define it, sip.conf wins over pjsip.conf, and that over users.conf.",
    fix: "Keep the account in one file.",
  },
  "SIP-W09": {
    why: "A section names another one that is not there, so what it should bring is missing.",
    fix: "Write the name of the section that was meant, or add it.",
  },
  "SIP-W10": {
    why: "Asterisk asks both lists, and who is denied by one stays out. One list only is kept here.",
    fix: "Put all rules into the endpoint: those that hold for the whole server first.",
  },
  "SIP-W11": {
    why: "With PJSIP a phone registers under the name of an aor; here the account's name is that address too.",
    fix: "Give the aor the name of its endpoint, or let the phone register under the endpoint's name.",
  },
};
