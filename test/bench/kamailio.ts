import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#test/support/free-port";
import { cpuSeconds } from "./machine.ts";

const START_MS = 1500;
const CHILDREN = 2;
/** Its transactions live for 5 s after their answer: half a gigabyte is used up in two seconds. */
const SHARED_MIB = "6144";

/** Kamailio's presence server in memory only, for the same load in the same run. */
export class Kamailio {
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(port: number, process: ChildProcess, folder: string) {
    this.port = port;
    this.#process = process;
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
      },
    );
    let heard = "";
    child.stderr.on("data", (chunk: Buffer) => (heard += chunk.toString()));
    await new Promise((resolve) => setTimeout(resolve, START_MS));
    if (child.exitCode !== null) {
      rmSync(folder, { recursive: true });
      throw new Error(`kamailio did not start:\n${heard.slice(-2000)}`);
    }
    return new Kamailio(port, child, folder);
  }

  /** Of all its processes. */
  cpuSeconds(): number {
    return this.#pids().reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => {
      this.#process.once("exit", resolve);
      this.#process.kill("SIGTERM");
    });
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
