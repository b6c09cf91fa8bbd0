import type { SlotReport } from "#domain/lamp/slots";

/** Name of the slot that the registrar writes. */
export const REGISTRAR_SOURCE = "registrar";

/** Technologies under which a hint may name the device of an account. */
const TECHNOLOGIES = ["SIP", "PJSIP"];

/** Names of an account's device. */
export function devicesOfAccount(account: string): readonly string[] {
  return TECHNOLOGIES.map((technology) => `${technology}/${account}`);
}

/** A registered account is NOT_INUSE, an unregistered one UNAVAILABLE (sla.md §4.2 without calls). */
export function registrarReport(liveContacts: number): SlotReport {
  if (liveContacts === 0) return { state: "UNAVAILABLE", cause: "not registered" };
  return { state: "NOT_INUSE", cause: `registered with ${liveContacts} contact${liveContacts === 1 ? "" : "s"}` };
}
