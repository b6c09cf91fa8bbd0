/** The tones of one country, as a section of `indications.conf` gives them. */
export interface ToneZone {
  /** In lower case: "us", "br". */
  readonly name: string;
  readonly description: string;
  /** Milliseconds of ringing and silence in turn: [2000, 4000]. */
  readonly ringCadence: readonly number[];
  /** Tone name in lower case ("dial", "busy", "ring", "congestion", …) → tone list as written: "480+620/500,0/500". */
  readonly tones: readonly NamedTone[];
}

export interface NamedTone {
  readonly name: string;
  readonly list: string;
}

/** What `indications.conf` says; zones that it does not name are the built-in ones. */
export interface Indications {
  /** Zone of calls that name none. */
  readonly country: string;
  readonly zones: readonly ToneZone[];
}
