import { LAMP_TABLES, type LampTable } from "#sim/lamps/lamp-patterns";

/** What tells one model from another, seen from outside. */
export interface PhoneModel {
  /** As in the User-Agent: "VVX_400". */
  readonly name: string;
  /** As in names of the master file: "VVX400". */
  readonly token: string;
  readonly partNumber: string;
  /** Of SIP requests: "PolycomVVX-VVX_400-UA/5.9.7.4477". */
  readonly userAgent: string;
  readonly lamps: LampTable;
  /** Has the release attendant.displayHoldState? */
  readonly knowsHoldLamp: boolean;
}

export const DEFAULT_MODEL = "VVX_400";

const FAMILIES = {
  SPIP: { brand: "PolycomSoundPointIP", firmware: "4.0.15.1047", lamps: LAMP_TABLES.soundPoint, knowsHoldLamp: false },
  VVX: { brand: "PolycomVVX", firmware: "5.9.7.4477", lamps: LAMP_TABLES.vvx, knowsHoldLamp: true },
} as const;

/** Prefixes of firmware file names (polycom.md §0). */
const PART_NUMBERS: Readonly<Record<string, string>> = {
  SPIP_450: "2345-12450-001",
  SPIP_650: "2345-12600-001",
  VVX_300: "3111-46135-002",
  VVX_400: "3111-46157-002",
  VVX_500: "3111-44500-001",
};
const PART_NUMBER_UNKNOWN = "3111-00000-001";

/** The model of a name in any spelling ("vvx400", "polycom/VVX_400"); the default one when we have nothing like it. */
export function phoneModel(name: string = DEFAULT_MODEL): PhoneModel {
  const match = /(?:^|\/)(spip|vvx)[_ -]?(\d{3,4})$/i.exec(name);
  if (match === null) return phoneModel(DEFAULT_MODEL);
  const kind = (match[1] ?? "").toUpperCase() as keyof typeof FAMILIES;
  const { brand, firmware, lamps, knowsHoldLamp } = FAMILIES[kind];
  const modelName = `${kind}_${match[2] ?? ""}`;
  return {
    name: modelName,
    token: modelName.replace("_", ""),
    partNumber: PART_NUMBERS[modelName] ?? PART_NUMBER_UNKNOWN,
    userAgent: `${brand}-${modelName}-UA/${firmware}`,
    lamps,
    knowsHoldLamp,
  };
}
