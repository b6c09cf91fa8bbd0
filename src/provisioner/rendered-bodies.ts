import { createHash } from "node:crypto";
import { fail, ok, type Result } from "#base/result";
import type { PhoneView } from "./phone-view.ts";
import type { RenderedFile, Vendor } from "./vendor.ts";

/** A file as it is sent. */
export interface Body {
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly etag: string;
}

/** Files of phones, rendered once for each view: a changed phone is a new view, and the files of the old one go with it. */
export class RenderedBodies {
  readonly #byPhone = new WeakMap<PhoneView, Map<string, Result<Body, string>>>();

  /** The same bytes for as long as the view is the same. */
  of(phone: PhoneView, vendor: Vendor, name: string): Result<Body, string> {
    const files = this.#filesOf(phone);
    const known = files.get(name);
    if (known !== undefined) return known;
    const rendered = vendor.render(phone, name);
    const body = rendered.ok ? ok(toBody(rendered.value)) : fail(rendered.error);
    files.set(name, body);
    return body;
  }

  #filesOf(phone: PhoneView): Map<string, Result<Body, string>> {
    const known = this.#byPhone.get(phone);
    if (known !== undefined) return known;
    const files = new Map<string, Result<Body, string>>();
    this.#byPhone.set(phone, files);
    return files;
  }
}

/** Characters of base64 that stand for 162 bits. */
const ETAG_CHARACTERS = 27;

function toBody({ contentType, body }: RenderedFile): Body {
  const bytes = Buffer.from(body, "utf8");
  const digest = createHash("sha256").update(bytes).digest("base64url").slice(0, ETAG_CHARACTERS);
  return { contentType, bytes, etag: `"${digest}"` };
}
