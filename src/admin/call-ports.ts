import type { Listing } from "./ports.ts";

/** Calls of all nodes. */
export interface CallsPort {
  list(): Listing<CallJson>;
  /** With the sound of its legs at this node. */
  get(id: string): Promise<CallJson | undefined>;
  /** Hangs up all its legs. "elsewhere": it has none at this node. */
  end(id: string): "ended" | "elsewhere" | "unknown";
  /** Legs that are over, newest first. */
  records(): Listing<CallRecordJson>;
}

/** All who talk, or are to talk, with each other. */
export interface CallJson {
  readonly id: string;
  readonly since: string;
  readonly answeredAt?: string;
  /** Trunk whose line it is on. */
  readonly line?: string;
  readonly legs: readonly LegJson[];
}

export interface LegJson {
  readonly id: string;
  readonly node: string;
  readonly account?: string;
  /** Who called: they us, or we them. */
  readonly direction: "incoming" | "outgoing";
  readonly phase: "trying" | "ringing" | "up";
  readonly held: boolean;
  /** Whom it talks to, as far as that may be shown. */
  readonly remote: { readonly number: string; readonly name: string };
  readonly since: string;
  readonly answeredAt?: string;
  /** Its sound goes straight to the other phone. */
  readonly direct?: boolean;
  readonly sound?: SoundJson;
}

/** RTP packets of a leg. */
export interface SoundJson {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  /** Too late or double. */
  readonly discarded: number;
  readonly jitterMs: number;
  readonly roundTripMs?: number | undefined;
  /** Where they come from. */
  readonly remote?: string | undefined;
}

/** A leg that is over. */
export interface CallRecordJson {
  /** Legs of one call have the same. */
  readonly call: string;
  readonly leg: string;
  readonly node: string;
  readonly account?: string;
  readonly direction: "incoming" | "outgoing";
  /** Whom it called, or who called it. */
  readonly number?: string;
  readonly name?: string;
  readonly line?: string;
  readonly startedAt: string;
  readonly answeredAt?: string;
  readonly endedAt: string;
  readonly seconds: number;
  readonly talkSeconds: number;
  readonly end: {
    readonly by: "us" | "them" | "network";
    readonly how: string;
    /** Of SIP, where it was refused. */
    readonly status?: number;
    /** Q.850. */
    readonly cause: number;
    readonly causeName: string;
    readonly text?: string;
  };
  readonly sound?: SoundJson;
}

export interface LinesPort {
  list(): Listing<LineJson>;
  get(trunk: string): LineJson | undefined;
}

/** What is on a trunk, and how its keys show it (sla.md §3.12). */
export interface LineJson {
  readonly trunk: string;
  readonly device: string;
  readonly autocontext?: string;
  /** Seconds; 0 = for ever. */
  readonly ringtimeout: number;
  readonly barge: boolean;
  readonly hold: "open" | "private";
  readonly phase: "idle" | "dialling" | "ringing" | "up";
  readonly since?: string;
  /** As in /calls. */
  readonly call?: string;
  readonly node?: string;
  readonly direction?: "in" | "out";
  readonly party?: { readonly number: string; readonly name: string };
  /** Stations that talk, or wait for an answer. */
  readonly connected: readonly string[];
  readonly holders: readonly { readonly station: string; readonly private: boolean; readonly since: string }[];
  readonly keys: readonly LineKeyJson[];
}

export interface LineKeyJson {
  readonly station: string;
  readonly state: string;
  /** Seconds, as they count for this key; 0 = for ever, or at once. */
  readonly ringtimeout: number;
  readonly ringdelay: number;
}
