import type { Report } from "#domain/lamp/slots";

/** Technologies under which a device of `sip.conf` may be named in hints. */
const TECHNOLOGIES = ["SIP", "PJSIP"];

/** A registered account is NOT_INUSE, an unregistered one UNAVAILABLE: one report per name of the device. */
export function registrarReports(account: string, liveContacts: number, at: number): readonly (Report & { readonly device: string })[] {
  const isRegistered = liveContacts > 0;
  return TECHNOLOGIES.map((technology) => ({
    device: `${technology}/${account}`,
    source: "registrar",
    state: isRegistered ? "NOT_INUSE" : "UNAVAILABLE",
    at,
    cause: isRegistered ? `registered with ${liveContacts} contact${liveContacts === 1 ? "" : "s"}` : "not registered",
  }));
}
