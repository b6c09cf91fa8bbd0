import { fail, ok, type Result } from "#base/result";
import type { XmlElement } from "#base/xml/element";
import { printXml } from "#base/xml/print-xml";
import type { PhoneView, RegistrationView } from "../../phone-view.ts";
import type { RenderedFile, Vendor } from "../../vendor.ts";
import { knows, modelOf, MODELS, PHONE, type ParameterTemplate, type PolycomModel } from "./templates.ts";

/** Values of addresses, labels, users and passwords (polycom.md §1.6). */
const VALUE_MAX_CHARACTERS = 256;
/** Watched keys of release 4.0.15. */
const KEYS_MAX = 48;
const CONTENT_TYPE = "text/xml";

/** Uploads of a phone (polycom.md §6), after its MAC. */
const UPLOADS = [
  "-boot.log",
  "-app.log",
  "-now-boot.log",
  "-now-app.log",
  "-phone.cfg",
  "-web.cfg",
  "-directory.xml",
  "-calls.xml",
];

/** Polycom phones: a master file that names one file of parameters. */
export const polycom: Vendor = {
  id: "polycom",
  models: MODELS.map((model) => model.id),
  files: ({ mac }) => [masterName(mac), phoneName(mac)],
  isUpload: (mac, name) => UPLOADS.some((suffix) => name === `${mac}${suffix}`),
  render(phone, name) {
    if (name === masterName(phone.mac)) return ok(master(phone));
    if (name === phoneName(phone.mac)) return parameters(phone);
    return fail(`no file ${name}`);
  },
};

function masterName(mac: string): string {
  return `${mac}.cfg`;
}

/** One file holds all: the phone compares files as wholes, and nothing of ours is common to several phones yet. */
function phoneName(mac: string): string {
  return `${mac}-lines.cfg`;
}

/** The master file (polycom.md §2): bare names, so that the secret of the address stays out of it (design §9.28). */
function master(phone: PhoneView): RenderedFile {
  const attributes = {
    APP_FILE_PATH: "",
    CONFIG_FILES: phoneName(phone.mac),
    MISC_FILES: "",
    LOG_FILE_DIRECTORY: "",
    OVERRIDES_DIRECTORY: "",
    CONTACTS_DIRECTORY: "",
    LICENSE_DIRECTORY: "",
    USER_PROFILES_DIRECTORY: "",
    CALL_LISTS_DIRECTORY: "",
  };
  return { contentType: CONTENT_TYPE, body: printXml({ name: "APPLICATION", attributes }, { standalone: true }) };
}

interface Parameter {
  readonly element: readonly string[];
  readonly name: string;
  readonly value: string;
}

function parameters(phone: PhoneView): Result<RenderedFile, string> {
  const model = modelOf(phone.model);
  const filled = [
    ...fill(PHONE.call, model, { callsPerLineKey: String(model.callsPerLineKey) }),
    ...phone.registrations.flatMap((registration, index) =>
      fill(PHONE.registration, model, registrationValues(registration, index)),
    ),
    ...(phone.keys.length === 0 ? [] : fill(PHONE.attendant, model, {})),
    ...phone.keys.flatMap((key, index) =>
      fill(PHONE.key, model, { n: String(index + 1), address: key.address, label: key.label }),
    ),
  ];
  const problem = problemOf(phone, model, filled);
  if (problem !== undefined) return fail(problem);
  const root: XmlElement = {
    name: "polycomConfig",
    attributes: {
      "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
      "xsi:noNamespaceSchemaLocation": "polycomConfig.xsd",
    },
    children: nest(filled),
  };
  return ok({ contentType: CONTENT_TYPE, body: printXml(root, { standalone: true }) });
}

function registrationValues(
  { address, authUser, password, label, server }: RegistrationView,
  index: number,
): Readonly<Record<string, string>> {
  return {
    n: String(index + 1),
    address,
    authUser,
    password,
    label,
    serverHost: server.host,
    serverPort: String(server.port),
    expiresSeconds: String(server.expiresSeconds),
    transport: server.transport === "udp" ? "UDPOnly" : "TCPOnly",
  };
}

/** Parameters of a template for one registration or key; those that the model's release does not know are left out. */
function fill(rows: readonly ParameterTemplate[], model: PolycomModel, values: Readonly<Record<string, string>>): Parameter[] {
  const put = (text: string): string => text.replace(/\{(\w+)\}/g, (_hole, name: string) => valueOf(values, name));
  return rows
    .filter((row) => knows(model.release, row.since))
    .map((row) => ({ element: row.element, name: put(row.name), value: put(row.value) }));
}

function valueOf(values: Readonly<Record<string, string>>, name: string): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined) throw new Error(`templates/polycom/phone.json asks for {${name}}, which nobody fills`);
  return value;
}

function problemOf(phone: PhoneView, model: PolycomModel, filled: readonly Parameter[]): string | undefined {
  const long = filled.find(({ value }) => value.length > VALUE_MAX_CHARACTERS);
  if (long !== undefined) return `${long.name} has ${long.value.length} characters, a phone takes ${VALUE_MAX_CHARACTERS}`;
  const keys = phone.registrations.length + phone.keys.length;
  if (keys > model.lineKeys) return `${keys} keys are needed, ${model.name} has ${model.lineKeys}`;
  return phone.keys.length > KEYS_MAX ? `${phone.keys.length} watched keys, a phone takes ${KEYS_MAX}` : undefined;
}

interface Branch {
  readonly attributes: Record<string, string>;
  readonly children: Map<string, Branch>;
}

/** Puts every parameter on its home element, in the order given; leaves are self-closed because nothing is inside. */
function nest(filled: readonly Parameter[]): XmlElement[] {
  const root: Branch = { attributes: {}, children: new Map() };
  for (const { element, name, value } of filled) {
    let branch = root;
    for (const step of element) {
      const next = branch.children.get(step) ?? { attributes: {}, children: new Map<string, Branch>() };
      branch.children.set(step, next);
      branch = next;
    }
    branch.attributes[name] = value;
  }
  return elementsOf(root);
}

function elementsOf(branch: Branch): XmlElement[] {
  return [...branch.children].map(([name, child]) => ({ name, attributes: child.attributes, children: elementsOf(child) }));
}
