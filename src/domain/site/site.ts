import { EMPTY_DIALPLAN, type Dialplan } from "../dialplan/dialplan.ts";
import type { Indications } from "../tone/tone-zone.ts";
import type { Account } from "./account.ts";
import type { Diagnostic, Origin, Position } from "./diagnostic.ts";
import { DEFAULT_SETTINGS, type SiteSettings } from "./settings.ts";

export type { Account } from "./account.ts";

/** The site model (design §3): what an office has. Plain data, made by the readers (asterisk/, site-yaml/) or the API. */

export interface Trunk {
  readonly name: string;
  /** Tech/resource, e.g. "Local/trunk1@sla_trunks/n". */
  readonly device: string;
  /** Context whose extension `s` is made to run SLATrunk (sla.md §2.7). */
  readonly autocontext?: string;
  /** Numbers that callers reach this trunk by: each is made an extension of `context` that runs SLATrunk. */
  readonly did?: readonly string[];
  /** Context that its numbers (`did`) live in; absent = "default". */
  readonly context?: string;
  /** Seconds; 0 = none. */
  readonly ringtimeout: number;
  readonly barge: boolean;
  readonly hold: "open" | "private";
  /** Calls that it shows at once, each with a number of its own (call-info); absent = 1. */
  readonly appearances?: number;
  readonly origin: Origin;
}

/** One line key of a station; id and SLA device name is `<station>_<trunk>`. */
export interface StationKey {
  readonly trunk: string;
  /** Written label, if any; the shown one is made by key-label.ts (design §9.18). */
  readonly label?: string;
  /** Seconds; 0 = not set. */
  readonly ringdelay: number;
  readonly ringtimeout: number;
}

export interface Station {
  readonly name: string;
  /** Tech/resource of the phone to ring, e.g. "SIP/0000FFFF0005". */
  readonly device: string;
  /** MAC of the phone when it is named explicitly. */
  readonly phone?: string;
  readonly keys: readonly StationKey[];
  /** Context in which its extensions and hints are made (sla.md §2.7). */
  readonly autocontext?: string;
  readonly ringdelay: number;
  readonly ringtimeout: number;
  readonly hold: "open" | "private";
  readonly origin: Origin;
}

/** A desk phone. `mac` is 12 lower-case hexadecimal digits. */
export interface Phone {
  readonly mac: string;
  readonly vendor: string;
  /** Model id of the vendor's table; "generic" when unknown. */
  readonly model: string;
  readonly label: string;
  /** How it is told things: a row of domain/lamp/phone-profiles.ts; absent = as its account says, else by User-Agent. */
  readonly profile?: string;
  /** Names of its accounts, first = registration 1. */
  readonly accounts: readonly string[];
  readonly origin: Origin;
}

/** A hint: extension in a context → devices whose states it shows. A pattern ("_7XXX") stands for every extension that it matches. */
export interface Hint {
  readonly extension: string;
  readonly context: string;
  /** Device names, in order: "SLA:L1-0000FFFF0005_T1", "SIP/a"; of a pattern with its variables: "SIP/${EXTEN}". */
  readonly devices: readonly string[];
  /** The pattern that gave this extension its hint; absent = it is written. */
  readonly pattern?: string;
  readonly origin: Origin;
}

/** A number that people dial and watch, as an admin adds it: makes a hint and steps (generated-entries.ts). */
export interface NativeExtension {
  readonly number: string;
  readonly context: string;
  /** Devices whose state its lamp shows, in order. */
  readonly devices: readonly string[];
  /** Arguments of Dial; absent = the devices, 20 seconds; "" = the number cannot be dialled. */
  readonly dial?: string;
  readonly label?: string;
  readonly origin: Origin;
}

/** A list that a phone watches with one subscription (RFC 4662); what is in it, watch-lists.ts works out. */
export interface WatchList {
  readonly name: string;
  readonly members: readonly ListEntry[];
  readonly origin: Origin;
}

/** An extension, or all of another list. */
export type ListEntry = { readonly extension: string; readonly label?: string } | { readonly list: string };

export interface Site {
  /** Of sip.conf [general]; undefined: the server's --domain. */
  readonly realm?: string;
  readonly settings: SiteSettings;
  readonly trunks: readonly Trunk[];
  readonly stations: readonly Station[];
  readonly accounts: readonly Account[];
  readonly phones: readonly Phone[];
  readonly extensions: readonly NativeExtension[];
  readonly hints: readonly Hint[];
  readonly lists: readonly WatchList[];
  /** What is written and what was generated. */
  readonly dialplan: Dialplan;
  /** undefined: the built-in tones of the us. */
  readonly indications?: Indications;
}

/** A site without anything in it. */
export const EMPTY_SITE: Site = {
  settings: DEFAULT_SETTINGS,
  trunks: [],
  stations: [],
  accounts: [],
  phones: [],
  extensions: [],
  hints: [],
  lists: [],
  dialplan: EMPTY_DIALPLAN,
};

/** What phone shows on its keys: derived from stations, trunks and phones by phone-keys.ts. */
export interface PhoneKey {
  /** `<station>_<trunk>`: what the key watches and dials. */
  readonly address: string;
  readonly label: string;
  readonly station: string;
  readonly trunk: string;
}

/** What a reader of site files gives back: the objects that are usable, and everything it has to say. */
export interface SiteReading {
  readonly site: Site;
  readonly diagnostics: readonly Diagnostic[];
  /** Names of stations that are written but cannot be used; what refers to them needs no finding of its own. */
  readonly leftOut?: readonly string[];
  /** Where the devices of trunks and stations are written, by the origin of the object; a template's line may be that of several. */
  readonly devicePlaces?: ReadonlyMap<Origin, Position>;
  /** What its files say of `settings.attemptCallerId`, and what holds when nobody says it; absent: none of its files could. */
  readonly attemptCallerId?: { readonly written?: boolean; readonly fallback: boolean };
  /** A file was rejected as a whole or nothing usable was found: the site must not be served (design §9.20). */
  readonly unusable?: string;
}
