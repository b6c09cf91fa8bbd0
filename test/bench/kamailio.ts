import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "#test/support/eventually";
import { freePort } from "#test/support/free-port";
import { killWithUs } from "#test/support/kill-with-us";
import { request, udpWire } from "#test/support/wire";
import { cpuSeconds } from "./machine.ts";

const START_MAX_MS = 20_000;
/** Who has not ended by then is killed. */
const STOP_MAX_MS = 5000;
/** Of what it says, the end is kept. */
const HEARD_MAX = 2000;
const CHILDREN = 2;
/** Its transactions live for 5 s after their answer: half a gigabyte is used up in two seconds. */
const SHARED_MIB = "6144";

/** Kamailio's presence server in memory only, for the same load in the same run. */
export class Kamailio {
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #dismissGuard: () => Promise<void>;
  readonly #folder: string;

  private constructor(port: number, process: ChildProcess, folder: string) {
    this.port = port;
    this.#process = process;
    this.#dismissGuard = killWithUs(process);
    this.#folder = folder;
  }

  /** Its version; undefined when it is not installed. */
  static version(): string | undefined {
    const { stdout, status } = spawnSync("kamailio", ["-v"], { encoding: "utf8" });
    return status === 0 ? /kamailio (\S+)/.exec(stdout)?.[1] : undefined;
  }

  static async start(): Promise<Kamailio> {
    const folder = mkdtempSync(join(tmpdir(), "lamplighter-bench-kamailio-"));
    const port = await freePort();
    writeFileSync(join(folder, "kamailio.cfg"), configuration(port));
    const child = spawn(
      "kamailio",
      ["-f", join(folder, "kamailio.cfg"), "-DD", "-E", "-m", SHARED_MIB, "-M", "32", "-Y", folder],
      {
        stdio: ["ignore", "ignore", "pipe"],
        // A group of its own: the guard ends its children too.
        detached: true,
      },
    );
    let heard = "";
    child.stderr.on("data", (chunk: Buffer) => (heard = (heard + chunk.toString()).slice(-HEARD_MAX)));
    const kamailio = new Kamailio(port, child, folder);
    try {
      await untilServing(port, child);
    } catch (error) {
      await kamailio.stop();
      throw new Error(`kamailio did not start:\n${heard}`, { cause: error });
    }
    return kamailio;
  }

  /** Of all its processes. */
  cpuSeconds(): number {
    return this.#pids().reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  }

  async stop(): Promise<void> {
    const { pid } = this.#process;
    if (pid !== undefined && isRunning(this.#process)) {
      const gone = once(this.#process, "exit");
      this.#process.kill("SIGTERM");
      // All of its group: its children would stay.
      const tooLong = setTimeout(() => process.kill(-pid, "SIGKILL"), STOP_MAX_MS);
      await gone;
      clearTimeout(tooLong);
    }
    await this.#dismissGuard();
    rmSync(this.#folder, { recursive: true });
  }

  #pids(): number[] {
    const main = this.#process.pid ?? 0;
    const all = readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
    return [main, ...all.filter((pid) => parentOf(pid) === main)];
  }
}

/** Asks OPTIONS until there is an answer, whatever it says. */
async function untilServing(port: number, child: ChildProcess): Promise<void> {
  const wire = await udpWire(port);
  try {
    await eventually(async () => {
      if (!isRunning(child)) return;
      wire.send(request("OPTIONS", `sip:127.0.0.1:${port}`, wire.localPort));
      await wire.next((text) => text.startsWith("SIP/2.0 "), 200);
    }, START_MAX_MS);
  } finally {
    await wire.close();
  }
  if (!isRunning(child)) throw new Error("it ended");
}

function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

function parentOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ")[1]);
  } catch {
    // It ended while the list was read.
    return 0;
  }
}

function configuration(port: number): string {
  return `#!KAMAILIO
debug=-1
log_stderror=yes
fork=yes
children=${CHILDREN}
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:${port}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "presence.so"
loadmodule "presence_dialoginfo.so"
modparam("presence", "subs_db_mode", 0)
modparam("presence", "publ_cache", 2)
modparam("presence", "notifier_processes", 0)
modparam("presence", "subs_htable_size", 14)
modparam("presence", "pres_htable_size", 14)
modparam("presence", "server_address", "sip:127.0.0.1:${port}")
request_route {
  if (!t_newtran()) { sl_reply_error(); exit; }
  if (is_method("SUBSCRIBE")) { handle_subscribe(); exit; }
  if (is_method("PUBLISH")) { handle_publish(); exit; }
  t_reply("405", "Method Not Allowed");
}
`;
}
