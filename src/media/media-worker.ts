import { parentPort, workerData } from "node:worker_threads";
import type { Log } from "#base/log";
import { systemClock } from "#base/system-clock";
import { systemRandom } from "#base/system-random";
import { Floor } from "./floor.ts";
import { PortPairs } from "./port-pairs.ts";
import { Schedule } from "./schedule.ts";
import { SoundLibrary } from "./sound-library.ts";
import type { WorkerCommand, WorkerEvent, WorkerSettings } from "./worker-protocol.ts";

/** The thread of media: sockets, mixing and the clock of 20 ms. It is started by worker-media-engine.ts. */
const port = parentPort;
if (port === null) throw new Error("media-worker is started as a worker thread only");

const settings = workerData as WorkerSettings;
const post = (event: WorkerEvent): void => {
  port.postMessage(event);
};

const tell =
  (level: "debug" | "info" | "warn" | "error"): Log["info"] =>
  (message, fields = {}) => {
    post({ type: "log", level, message, fields });
  };
const log: Log = {
  tellsDebug: settings.tellsDebug,
  debug: tell("debug"),
  info: tell("info"),
  warn: tell("warn"),
  error: tell("error"),
  with: () => log,
};

const floor: Floor = new Floor(
  new PortPairs(settings.ports, systemRandom),
  {
    library: new SoundLibrary({ music: settings.musicFolder, prompts: settings.promptFolder }, log),
    random: systemRandom,
    silentAfterMs: settings.silentAfterMs,
    now: () => systemClock.now(),
    elapsed: () => systemClock.elapsed(),
    tick: () => schedule.tick,
    report: post,
  },
  post,
);
const schedule: Schedule = new Schedule(systemClock, (tick) => {
  floor.tick(tick);
});

const obey = (command: WorkerCommand): void => {
  if (command.type === "stop") {
    schedule.stop();
    floor.stop();
    port.close();
  } else if (command.type === "ticks") {
    const ticks = { ...schedule.counts, legs: floor.legs, refused: floor.refused };
    post({ type: "ticks", request: command.request, ticks });
  } else {
    floor.obey(command);
  }
};
port.on("message", (commands: readonly WorkerCommand[]) => {
  for (const command of commands) obey(command);
});
post({ type: "ready" });
