import type { AppearanceView } from "#domain/appearance/line-view";
import { printDisplayName, toWire } from "#sip/message/wire-text";
import { quote } from "#sip/message/scan-text";
import { shortName } from "../body-template.ts";

/** All appearances that are not named. */
export const IDLE_REST = ";appearance-index=*;appearance-state=idle";

/** A line may have many appearances, a datagram has 1300 bytes. */
const URI_MAX_CHARACTERS = 120;
/** What would end the brackets around a URI, or its header. */
const NO_URI = /[\s\p{C}"<>\\]/u;

/** Parameters of one appearance in Call-Info; a binary string. */
export function appearanceInfo({ index, state, peer }: AppearanceView): string {
  return `;appearance-index=${index};appearance-state=${state}${peer === undefined ? "" : appearanceUri(peer)}`;
}

/** A name-addr inside a quoted string: what is quoted in it is escaped twice. An address that cannot be written is left out. */
function appearanceUri({ uri, name }: Required<AppearanceView>["peer"]): string {
  if (uri.length > URI_MAX_CHARACTERS || NO_URI.test(uri)) return "";
  const shown = shortName(name ?? "")
    .replace(/\p{C}/gu, " ")
    .trim();
  const display = shown === "" ? "" : `${printDisplayName(shown)} `;
  return `;appearance-uri=${quote(`${display}<${toWire(uri)}>`)}`;
}
