import type { PhoneView, RegistrationView } from "#provisioner/phone-view";

/** The account of the requirement's sample. */
export const sampleRegistration: RegistrationView = {
  address: "0000FFFF0005",
  authUser: "0000FFFF0005",
  password: "welcome",
  label: "ATDG5",
  server: { host: "192.0.2.1", port: 5060, transport: "udp", expiresSeconds: 3600 },
};

/** The phone of the requirement's sample: one account and the keys L1 and L2. */
export function samplePhone(changes: Partial<PhoneView> = {}): PhoneView {
  return {
    mac: "0000ffff0005",
    vendor: "polycom",
    model: "generic",
    label: "ATDG5",
    registrations: [sampleRegistration],
    keys: sampleKeys(2),
    ...changes,
  };
}

/** Keys L1, L2, … of the sample's naming. */
export function sampleKeys(count: number): PhoneView["keys"] {
  return Array.from({ length: count }, (_, at) => {
    const [station, trunk] = [`L${at + 1}-0000FFFF0005`, `T${at + 1}`];
    return { address: `${station}_${trunk}`, label: `L${at + 1}`, station, trunk };
  });
}

/** The sample phone with another label. */
export function labelled(label: string): PhoneView {
  return samplePhone({ registrations: [{ ...sampleRegistration, label }] });
}
