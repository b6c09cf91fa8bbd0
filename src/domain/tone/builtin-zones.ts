import type { ToneZone } from "./tone-zone.ts";

/** A country's tones: name, description, ringing, then dial, busy, ring, congestion and, where it has one of its own, call waiting. */
type Row = readonly [
  name: string,
  description: string,
  ringCadence: readonly number[],
  dial: string,
  busy: string,
  ring: string,
  congestion: string,
  callWaiting?: string,
];

const SLOW_RING = [1000, 4000];
const DOUBLE_RING = [400, 200, 400, 2000];
const INFO = "!950/330,!1400/330,!1800/330,0";

/** By ITU-T E.180 Supplement 2 and the national texts it names. What a country does not define is taken from us. */
const ROWS: readonly Row[] = [
  ["at", "Austria", [1000, 5000], "420", "420/400,0/400", "420/1000,0/5000", "420/200,0/200", "420/40,0/1960"],
  ["au", "Australia", DOUBLE_RING, "413+438", "425/375,0/375", "413+438/400,0/200,413+438/400,0/2000", "425/375,0/375"],
  ["be", "Belgium", [1000, 3000], "425", "425/500,0/500", "425/1000,0/3000", "425/167,0/167", "1400/175,0/175,1400/175,0/3500"],
  ["bg", "Bulgaria", SLOW_RING, "425", "425/500,0/500", "425/1000,0/4000", "425/250,0/250", "425/150,0/150,425/150,0/4000"],
  ["br", "Brazil", SLOW_RING, "425", "425/250,0/250", "425/1000,0/4000", "425/250,0/250,425/750,0/250", "425/50,0/1000"],
  ["ch", "Switzerland", SLOW_RING, "425", "425/500,0/500", "425/1000,0/4000", "425/200,0/200", "425/200,0/200,425/200,0/4000"],
  ["cn", "China", SLOW_RING, "450", "450/350,0/350", "450/1000,0/4000", "450/700,0/700", "450/400,0/4000"],
  [
    "cz",
    "Czechia",
    SLOW_RING,
    "425/330,0/330,425/660,0/660",
    "425/330,0/330",
    "425/1000,0/4000",
    "425/165,0/165",
    "425/330,0/9000",
  ],
  ["de", "Germany", SLOW_RING, "425", "425/480,0/480", "425/1000,0/4000", "425/240,0/240", "425/200,0/200,425/200,0/5000"],
  ["dk", "Denmark", SLOW_RING, "425", "425/500,0/500", "425/1000,0/4000", "425/200,0/200"],
  [
    "es",
    "Spain",
    [1500, 3000],
    "425",
    "425/200,0/200",
    "425/1500,0/3000",
    "425/200,0/200,425/200,0/200,425/200,0/600",
    "425/175,0/175,425/175,0/3500",
  ],
  ["fi", "Finland", SLOW_RING, "425", "425/300,0/300", "425/1000,0/4000", "425/200,0/200", "425/150,0/150,425/150,0/8000"],
  ["fr", "France", [1500, 3500], "440", "440/500,0/500", "440/1500,0/3500", "440/250,0/250", "440/300,0/10000"],
  ["gr", "Greece", SLOW_RING, "425/200,0/300,425/700,0/800", "425/300,0/300", "425/1000,0/4000", "425/200,0/200"],
  ["hu", "Hungary", [1250, 3750], "425", "425/300,0/300", "425/1250,0/3750", "425/300,0/300", "425/40,0/1960"],
  [
    "in",
    "India",
    DOUBLE_RING,
    "400*25",
    "400/750,0/750",
    "400*25/400,0/200,400*25/400,0/2000",
    "400/250,0/250",
    "400/200,0/100,400/200,0/7500",
  ],
  ["it", "Italy", SLOW_RING, "425/200,0/200,425/600,0/1000", "425/500,0/500", "425/1000,0/4000", "425/200,0/200"],
  ["jp", "Japan", [1000, 2000], "400", "400/500,0/500", "400*16/1000,0/2000", "400/500,0/500"],
  ["mx", "Mexico", SLOW_RING, "425", "425/250,0/250", "425/1000,0/4000", "425/250,0/250", "425/200,0/600,425/200,0/10000"],
  ["nl", "Netherlands", SLOW_RING, "425", "425/500,0/500", "425/1000,0/4000", "425/250,0/250", "425/500,0/9500"],
  ["no", "Norway", SLOW_RING, "425", "425/500,0/500", "425/1000,0/4000", "425/200,0/200", "425/200,0/600,425/200,0/10000"],
  ["nz", "New Zealand", DOUBLE_RING, "400", "400/500,0/500", "400+450/400,0/200,400+450/400,0/2000", "400/250,0/250"],
  ["pl", "Poland", SLOW_RING, "425", "425/500,0/500", "425/1000,0/4000", "425/500,0/500", "425/150,0/150,425/150,0/4000"],
  ["pt", "Portugal", [1000, 5000], "425", "425/500,0/500", "425/1000,0/5000", "425/200,0/200"],
  ["ru", "Russia", SLOW_RING, "425", "425/350,0/350", "425/1000,0/4000", "425/175,0/175", "425/200,0/5000"],
  ["se", "Sweden", [1000, 5000], "425", "425/250,0/250", "425/1000,0/5000", "425/250,0/750", "425/200,0/500,425/200,0/9100"],
  [
    "sg",
    "Singapore",
    DOUBLE_RING,
    "425",
    "425/750,0/750",
    "425*24/400,0/200,425*24/400,0/2000",
    "425/250,0/250",
    "425*24/300,0/200,425*24/300,0/3200",
  ],
  [
    "uk",
    "United Kingdom",
    DOUBLE_RING,
    "350+440",
    "400/375,0/375",
    "400+450/400,0/200,400+450/400,0/2000",
    "400/400,0/350,400/225,0/525",
    "400/100,0/4000",
  ],
  ["za", "South Africa", DOUBLE_RING, "400*33", "400/500,0/500", "400*33/400,0/200,400*33/400,0/2000", "400/250,0/250"],
];

/** The tones that stand in for what another country lacks, so it has all that Asterisk names. */
export const US_ZONE: ToneZone = {
  name: "us",
  description: "United States / North America",
  ringCadence: [2000, 4000],
  tones: [
    { name: "dial", list: "350+440" },
    { name: "busy", list: "480+620/500,0/500" },
    { name: "ring", list: "440+480/2000,0/4000" },
    { name: "congestion", list: "480+620/250,0/250" },
    { name: "callwaiting", list: "440/300,0/10000" },
    { name: "dialrecall", list: "!350+440/100,!0/100,!350+440/100,!0/100,!350+440/100,!0/100,350+440" },
    { name: "record", list: "1400/500,0/15000" },
    { name: "info", list: INFO },
    { name: "stutter", list: `${"!350+440/100,!0/100,".repeat(6)}350+440` },
  ],
};

/** Zones that need not be written, by name. */
export const BUILTIN_ZONES: ReadonlyMap<string, ToneZone> = new Map(
  [US_ZONE, ...ROWS.map(zoneOf)].map((zone) => [zone.name, zone] as const),
);

function zoneOf([name, description, ringCadence, dial, busy, ring, congestion, callWaiting]: Row): ToneZone {
  const tones = [
    { name: "dial", list: dial },
    { name: "busy", list: busy },
    { name: "ring", list: ring },
    { name: "congestion", list: congestion },
  ];
  return {
    name,
    description,
    ringCadence,
    tones: callWaiting === undefined ? tones : [...tones, { name: "callwaiting", list: callWaiting }],
  };
}
