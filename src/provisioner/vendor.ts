import type { Result } from "#base/result";
import type { PhoneView } from "./phone-view.ts";

/** A file as a phone gets it. */
export interface RenderedFile {
  readonly contentType: string;
  readonly body: string;
}

/** A vendor of phones: a record in the registry. Adding one is a folder in vendors/ and a line in registry.ts. */
export interface Vendor {
  readonly id: string;
  /** Model ids; "generic" is always among them and stands for every unknown one. */
  readonly models: readonly string[];
  /** Names of the files that this phone may fetch, in lower case. */
  files(phone: PhoneView): readonly string[];
  /** Names under which the phone uploads something. */
  isUpload(mac: string, name: string): boolean;
  /** Pure: the same phone and name give the same bytes. The error names the field that does not fit. */
  render(phone: PhoneView, name: string): Result<RenderedFile, string>;
}
