import { SimPhone } from "#sim/sim-phone";
import { lampLine, printable } from "./phone-view.ts";
import type { ServerPhone } from "./server-phones.ts";
import { inBatches, reasonOf, type SimParts } from "./sim-parts.ts";

/** Boots the phones, prints every lamp once and switches them off. Resolves with the exit code: 1 when a phone did not come up. */
export async function showOnce(found: readonly ServerPhone[], parts: SimParts): Promise<number> {
  const { clock, random, log } = parts;
  const phones = found.map((phone) => new SimPhone({ ...phone, clock, random, log }));
  let failures = 0;
  await inBatches(phones, async (phone) => {
    try {
      await phone.start();
    } catch (error) {
      failures += 1;
      parts.complain(`${phone.mac}: ${printable(reasonOf(error))}`);
    }
  });
  for (const phone of phones) {
    for (const key of phone.keys()) parts.print(lampLine(phone.mac, key));
    for (const violation of phone.violations) parts.complain(`${phone.mac}: ${printable(violation)}`);
  }
  await Promise.all(phones.map((phone) => phone.stop({ unregister: true })));
  return failures === 0 ? 0 : 1;
}
