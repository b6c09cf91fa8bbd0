import { fail, ok, type Result } from "#base/result";
import type { XmlElement } from "#base/xml/element";
import { printXml } from "#base/xml/print-xml";
import type { PhoneView } from "../../phone-view.ts";
import type { RenderedFile, Vendor } from "../../vendor.ts";
import { capabilitiesOf, checkPhone, preventionOf } from "./check-phone.ts";
import { modelOf, MODELS } from "./models.ts";
import { nest, parametersOf } from "./parameters.ts";
import { readUserAgent } from "./user-agent.ts";

const CONTENT_TYPE = "text/xml";

/** What phones upload (polycom.md §6). */
const UPLOAD = /^([0-9a-f]{12})-(?:boot\.log|app\.log|now-[a-z]{1,16}\.log|phone\.cfg|web\.cfg|directory\.xml|calls\.xml)$/;

/** Polycom phones: a master file that names one file of parameters. */
export const polycom: Vendor = {
  id: "polycom",
  models: MODELS.map((model) => model.id),
  files: ({ mac }) => [masterName(mac), linesName(mac)],
  uploaderOf: (name) => UPLOAD.exec(name)?.[1],
  check: checkPhone,
  capabilities: capabilitiesOf,
  readUserAgent,
  render(phone, name) {
    if (name === masterName(phone.mac)) return ok(master(phone));
    if (name === linesName(phone.mac)) return lines(phone);
    return fail(`no file ${name}`);
  },
};

function masterName(mac: string): string {
  return `${mac}.cfg`;
}

/** One file holds all: the phone compares files as wholes, and nothing of ours is common to several phones yet. */
function linesName(mac: string): string {
  return `${mac}-lines.cfg`;
}

/** The master file (polycom.md §2): bare names, so that the secret of the address stays out of it (design §9.28). */
function master(phone: PhoneView): RenderedFile {
  const attributes = {
    APP_FILE_PATH: "",
    CONFIG_FILES: linesName(phone.mac),
    MISC_FILES: "",
    LOG_FILE_DIRECTORY: "",
    OVERRIDES_DIRECTORY: "",
    CONTACTS_DIRECTORY: "",
    LICENSE_DIRECTORY: "",
    USER_PROFILES_DIRECTORY: "",
    CALL_LISTS_DIRECTORY: "",
  };
  return { contentType: CONTENT_TYPE, body: printXml({ name: "APPLICATION", attributes }, { standalone: true, pretty: true }) };
}

/** The one file of parameters: how to register, and what the keys watch. */
function lines(phone: PhoneView): Result<RenderedFile, string> {
  const parameters = parametersOf(phone, modelOf(phone.model));
  const problem = preventionOf(phone, parameters);
  if (problem !== undefined) return fail(problem.message);
  const root: XmlElement = {
    name: "polycomConfig",
    attributes: {
      "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
      "xsi:noNamespaceSchemaLocation": "polycomConfig.xsd",
    },
    children: nest(parameters),
  };
  return ok({ contentType: CONTENT_TYPE, body: printXml(root, { standalone: true, pretty: true }) });
}
