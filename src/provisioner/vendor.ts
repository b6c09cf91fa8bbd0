import type { Result } from "#base/result";
import type { PhoneView } from "./phone-view.ts";

/** A file as a phone gets it. */
export interface RenderedFile {
  readonly contentType: string;
  readonly body: string;
}

/** Something of a phone that its model or its file format does not take. Never holds the value: it may be a password. */
export interface PhoneProblem {
  /** Path in the phone's view: "keys[3].label", "keys". */
  readonly field: string;
  /** One sentence with the field, what it has and what fits. */
  readonly message: string;
  /** true: no file can be made. false: the file is made, the phone shows less than asked for. */
  readonly prevents: boolean;
}

/** What a model can do with the keys of a phone. */
export interface Capabilities {
  /** Line keys with all modules attached; undefined: pages of a screen, or an unknown model. */
  readonly keys: number | undefined;
  /** Keys that may watch something. */
  readonly watchedKeysMax: number;
  /** Does its lamp tell a held call from a busy one? */
  readonly heldLamp: boolean;
}

/** What a phone says of itself when it fetches. Anybody can write it: it is shown, and decides nothing (design §9.30). */
export interface PhoneSoftware {
  /** Id of a model that we have a row for. */
  readonly model?: string;
  /** As the phone wrote it. */
  readonly token: string;
  readonly version: string;
  /** The updater has a version of its own, which is not the phone's firmware; unknown before UC Software 4. */
  readonly stage: "updater" | "application" | "unknown";
  /** 12 lower-case digits, when the phone is told to send them. */
  readonly mac?: string;
}

/** A vendor of phones: a record in the registry. Adding one is a folder in vendors/ and a line in registry.ts. */
export interface Vendor {
  readonly id: string;
  /** Model ids; "generic" is always among them and stands for every unknown one. */
  readonly models: readonly string[];
  /** Names of the files that this phone may fetch, in lower case, in the order it asks for them. */
  files(phone: PhoneView): readonly string[];
  /** Is this (in lower case) a name under which phones upload something? The MAC of the phone it belongs to, or undefined. */
  uploaderOf(name: string): string | undefined;
  /** Everything about the phone that does not fit. */
  check(phone: PhoneView): readonly PhoneProblem[];
  capabilities(phone: PhoneView): Capabilities;
  readUserAgent(header: string): PhoneSoftware | undefined;
  /** Pure: the same phone and name give the same bytes. The error says which field does not fit. */
  render(phone: PhoneView, name: string): Result<RenderedFile, string>;
}
