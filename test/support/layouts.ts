import type { Site } from "#domain/site/site";

/** What a layout of lines and phones comes to, in a readable form: the same for the printed text, mended, and for our fixture of it. */
export interface Layout {
  /** `name device` */
  readonly trunks: readonly string[];
  /** `name device its trunks in order` */
  readonly stations: readonly string[];
  /** `extension@context devices` */
  readonly hints: readonly string[];
}

/** The layout of a site. */
export function layoutOf({ trunks, stations, hints }: Site): Layout {
  return {
    trunks: trunks.map(({ name, device }) => `${name} ${device}`),
    stations: stations.map(({ name, device, keys }) => `${name} ${device} ${keys.map(({ trunk }) => trunk).join(" ")}`),
    hints: hints.map(({ extension, context, devices }) => `${extension}@${context} ${devices.join("&")}`),
  };
}

const FOUR = [1, 2, 3, 4];
const KEY_SYSTEM = {
  stations: FOUR.map((phone) => `station${phone} SIP/station${phone} line1 line2`),
  hints: FOUR.flatMap((phone) => [1, 2].map((line) => hint(`station${phone}_line${line}`, "sla_stations"))),
};
const MACS = ["0000FFFF0005", "0000FFFF0006"];
const EMPTY: Layout = { trunks: [], stations: [], hints: [] };

function hint(key: string, context: string): string {
  return `${key}@${context} SLA:${key}`;
}

/** By the name of the chapter that describes it. */
export const LAYOUTS = {
  analog: { trunks: ["line1 DAHDI/1", "line2 DAHDI/2"], ...KEY_SYSTEM },
  sipTrunks: { trunks: ["line1 Local/disa@line1_outbound", "line2 Local/disa@line2_outbound"], ...KEY_SYSTEM },
  alternate: {
    trunks: ["T1 Local/trunk1@sla_trunks/n", "T2 Local/trunk2@sla_trunks/n"],
    stations: MACS.flatMap((mac) => [1, 2].map((line) => `L${line}-${mac} SIP/${mac} T${line}`)),
    hints: MACS.flatMap((mac) => [1, 2].map((line) => hint(`L${line}-${mac}_T${line}`, "LocalSets"))),
  },
  shared: {
    trunks: ["5001 Local/disa@5001_outbound"],
    stations: ["5001-phone1 SIP/5001_phone1 5001", "5001-phone2 SIP/5001_phone2 5001"],
    hints: [hint("5001-phone1_5001", "5001"), hint("5001-phone2_5001", "5001")],
  },
  callback: EMPTY,
  portuguese: EMPTY,
  markAndRichard: EMPTY,
} satisfies Record<string, Layout>;
