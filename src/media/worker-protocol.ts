import type { LogFields } from "#base/log";
import type { AgreedMedia, MediaSource, MediaStatistics } from "./media-engine.ts";
import type { MediaErrorCode } from "./media-error.ts";

/** What the worker is started with. */
export interface WorkerSettings {
  readonly ports: { readonly from: number; readonly to: number };
  readonly musicFolder?: string | undefined;
  readonly promptFolder?: string | undefined;
  readonly silentAfterMs: number;
  readonly tellsDebug: boolean;
}

/** How punctual the worker was. */
export interface TickCounts {
  /** Ticks of 20 ms that were done. */
  readonly done: number;
  /** Done, but after their own 20 ms. */
  readonly late: number;
  /** Left out after a longer stall. */
  readonly missed: number;
  /** Processor time of the thread's ticks, in ms. */
  readonly busyMs: number;
  readonly legs: number;
  /** Datagrams that were none of ours: junk, and packets of others (RTP bleed). */
  readonly refused: number;
}

/** To the worker, several in one message; done in the order they come. */
export type WorkerCommand =
  | { readonly type: "open"; readonly leg: number; readonly host: string }
  | { readonly type: "agree"; readonly leg: number; readonly agreed: AgreedMedia }
  | { readonly type: "join"; readonly leg: number; readonly bridge: string | undefined }
  | { readonly type: "mute"; readonly leg: number; readonly isMuted: boolean }
  | { readonly type: "hear"; readonly leg: number; readonly source: MediaSource | undefined }
  | { readonly type: "digits"; readonly leg: number; readonly digits: string }
  | { readonly type: "statistics"; readonly leg: number; readonly request: number }
  | { readonly type: "close"; readonly leg: number }
  | { readonly type: "ticks"; readonly request: number }
  | { readonly type: "stop" };

/** What a leg tells of itself. */
export type LegEvent =
  | { readonly type: "digit"; readonly leg: number; readonly digit: string }
  | { readonly type: "played"; readonly leg: number; readonly isWhole: boolean }
  | { readonly type: "heard"; readonly leg: number }
  | { readonly type: "silent"; readonly leg: number; readonly seconds: number };

/** From the worker. */
export type WorkerEvent =
  | LegEvent
  | { readonly type: "ready" }
  | { readonly type: "opened"; readonly leg: number; readonly port: number }
  | { readonly type: "refused"; readonly leg: number; readonly code: MediaErrorCode; readonly message: string }
  | { readonly type: "statistics"; readonly request: number; readonly statistics: MediaStatistics | undefined }
  | { readonly type: "ticks"; readonly request: number; readonly ticks: TickCounts }
  | {
      readonly type: "log";
      readonly level: "debug" | "info" | "warn" | "error";
      readonly message: string;
      readonly fields: LogFields;
    };
