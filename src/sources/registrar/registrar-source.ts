import type { SlotReport } from "#domain/lamp/slots";

/** Name of the slot that the registrar writes. */
export const REGISTRAR_SOURCE = "registrar";

/** Technologies under which a hint may name the device of an account. */
const TECHNOLOGIES = ["SIP", "PJSIP"];

/** Names of an account's device. */
export function devicesOfAccount(account: string): readonly string[] {
  return TECHNOLOGIES.map((technology) => `${technology}/${account}`);
}

/** Where an account is found: where it registers, at a place of its own, or there as long as it answers OPTIONS (sources/qualify). */
export type AccountPlace = "registers" | "fixed" | "asked";

const WITHOUT_CONTACT: Readonly<Record<AccountPlace, SlotReport>> = {
  registers: { state: "UNAVAILABLE", cause: "not registered" },
  fixed: { state: "NOT_INUSE", cause: "has a fixed address, and is not asked whether it is there" },
  asked: { state: "UNAVAILABLE", cause: "has a fixed address, and is asked whether it is there" },
};

/**
 * A registered account is NOT_INUSE, an unregistered one UNAVAILABLE; a peer with a fixed address has one without registering (sla.md §4.2
 * without calls).
 */
export function registrarReport(liveContacts: number, place: AccountPlace = "registers"): SlotReport {
  if (liveContacts === 0) return WITHOUT_CONTACT[place];
  return { state: "NOT_INUSE", cause: `registered with ${liveContacts} contact${liveContacts === 1 ? "" : "s"}` };
}
