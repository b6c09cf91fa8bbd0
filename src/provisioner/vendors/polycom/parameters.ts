import type { XmlElement } from "#base/xml/element";
import type { PhoneView, RegistrationView } from "../../phone-view.ts";
import { knows, type PolycomModel } from "./models.ts";
import { PHONE, type ParameterTemplate, type PhoneTemplate } from "./templates.ts";

/** One parameter of one phone. */
export interface Parameter {
  readonly element: readonly string[];
  readonly name: string;
  readonly value: string;
  /** Where the value comes from: "registrations[0].label"; undefined: it is ours. */
  readonly field: string | undefined;
  readonly range: readonly [number, number] | undefined;
}

type Values = Readonly<Record<string, string>>;

const TRANSPORTS = { udp: "UDPOnly", tcp: "TCPOnly", tls: "TLS" } as const;
/** At most one in a name or value. */
const HOLE = /\{([\w.]+)\}/;

/** All parameters of a phone, in the order they are printed; what the model's release does not know is left out. */
export function parametersOf(phone: PhoneView, model: PolycomModel): readonly Parameter[] {
  const template = templateFor(model.release);
  const fill = (rows: readonly ParameterTemplate[], values: Values, owner = ""): Parameter[] =>
    rows.map((row) => fillRow(row, values, owner));
  return [
    ...fill(template.call, { callsPerLineKey: String(model.callsPerLineKey) }),
    ...phone.registrations.flatMap((registration, at) =>
      fill(template.registration, registrationValues(registration, at), `registrations[${at}].`),
    ),
    ...(phone.keys.length === 0 ? [] : fill(template.attendant, {})),
    ...phone.keys.flatMap(({ address, label }, at) => fill(template.key, { n: String(at + 1), address, label }, `keys[${at}].`)),
    ...fill(template.dialog, {}),
  ];
}

/** The releases of the models table are few: their templates are cut to size once. */
const templates = new Map<string, PhoneTemplate>();

function templateFor(release: string): PhoneTemplate {
  const known = templates.get(release);
  if (known !== undefined) return known;
  const cut = (rows: readonly ParameterTemplate[]): readonly ParameterTemplate[] =>
    rows.filter((row) => knows(release, row.since));
  const { call, registration, attendant, key, dialog } = PHONE;
  const template = {
    call: cut(call),
    registration: cut(registration),
    attendant: cut(attendant),
    key: cut(key),
    dialog: cut(dialog),
  };
  templates.set(release, template);
  return template;
}

function registrationValues({ address, authUser, password, label, server }: RegistrationView, at: number): Values {
  return {
    n: String(at + 1),
    address,
    authUser,
    password,
    label,
    "server.host": server.host,
    "server.port": String(server.port),
    "server.expiresSeconds": String(server.expiresSeconds),
    "server.transport": TRANSPORTS[server.transport],
  };
}

function fillRow({ element, name, value, range }: ParameterTemplate, values: Values, owner: string): Parameter {
  const hole = HOLE.exec(value)?.[1];
  return {
    element,
    name: put(name, values),
    value: put(value, values),
    field: hole === undefined ? undefined : `${owner}${hole}`,
    range,
  };
}

function put(text: string, values: Values): string {
  return text.includes("{") ? text.replace(HOLE, (_hole, key: string) => valueOf(values, key)) : text;
}

function valueOf(values: Values, name: string): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined) throw new Error(`templates/polycom/phone.json asks for {${name}}, which nobody fills`);
  return value;
}

interface Branch {
  readonly attributes: Record<string, string>;
  readonly children: Map<string, Branch>;
}

/** Puts every parameter on its home element, in the order given; leaves are self-closed because nothing is inside. */
export function nest(parameters: readonly Parameter[]): XmlElement[] {
  const root: Branch = { attributes: {}, children: new Map() };
  for (const { element, name, value } of parameters) {
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
