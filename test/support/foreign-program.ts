import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bell } from "./bell.ts";
import { killWithUs } from "./kill-with-us.ts";

/** How long a program may take to start, on a busy machine. */
const START_MAX_MS = 20_000;
/** What is remembered of its words. */
const LINES_MAX = 5000;

/** Is the program there? Otherwise says which Debian package brings it, and skips. */
export function needsProgram(context: Mocha.Context, command: string, debianPackage: string): void {
  if (spawnSync("sh", ["-c", `command -v "$1"`, "sh", command], { stdio: "ignore" }).status === 0) return;
  console.log(`  ${command} is not installed (Debian package ${debianPackage})`);
  context.skip();
}

export interface ProgramParts {
  readonly command: string;
  readonly args: readonly string[];
  /** What it prints once it serves; without one it is taken for started at once. */
  readonly ready?: RegExp;
}

/** A program that nobody here wrote, with a folder of its own, its words line by line. It never outlives the tests. */
export class ForeignProgram {
  readonly folder: string;
  readonly #child: ChildProcess;
  readonly #dismissGuard: () => Promise<void>;
  readonly #lines: string[] = [];
  readonly #bell = new Bell();
  #rest = "";

  private constructor(folder: string, child: ChildProcess) {
    this.folder = folder;
    this.#child = child;
    this.#dismissGuard = killWithUs(child);
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#hear(text);
      });
    child.once("exit", () => {
      this.#bell.ring();
    });
  }

  /** A folder for its files; `stop` removes it. */
  static async folder(): Promise<string> {
    return mkdtemp(join(tmpdir(), "lamplighter-program-"));
  }

  static async start(folder: string, { command, args, ready }: ProgramParts): Promise<ForeignProgram> {
    // A group of its own: what it starts ends with it.
    const child = spawn(command, args, {
      cwd: folder,
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
    const program = new ForeignProgram(folder, child);
    if (ready === undefined) return program;
    try {
      await program.line(ready, START_MAX_MS);
    } catch (error) {
      await program.stop();
      throw error;
    }
    return program;
  }

  /** Everything that it said, for messages of failing tests. */
  get output(): string {
    return this.#lines.join("\n");
  }

  /** The first line like this, said already or within the time. */
  async line(wanted: RegExp, timeoutMs = 5000): Promise<string> {
    const look = (): string | undefined => this.#lines.find((line) => wanted.test(line)) ?? (this.#isGone ? "" : undefined);
    const found = (await this.#bell.until(look, timeoutMs)) ?? "";
    if (!wanted.test(found)) throw new Error(`${this.#child.spawnfile} did not say ${String(wanted)}:\n${this.output}`);
    return found;
  }

  /** Resolves with its exit code once it ends by itself. */
  async ended(): Promise<number | null> {
    if (!this.#isGone) await once(this.#child, "exit");
    return this.#child.exitCode;
  }

  /** Ends it and everything that it started, and removes its folder. */
  async stop(): Promise<void> {
    const gone = this.#isGone ? undefined : once(this.#child, "exit");
    if (this.#child.pid !== undefined) killGroup(this.#child.pid);
    await gone;
    await this.#dismissGuard();
    await rm(this.folder, { recursive: true, force: true });
  }

  get #isGone(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    return pid === undefined || exitCode !== null || signalCode !== null;
  }

  #hear(text: string): void {
    const lines = (this.#rest + text).split(/\r\n|\r|\n/);
    this.#rest = lines.pop() ?? "";
    this.#lines.push(...lines);
    this.#lines.splice(0, this.#lines.length - LINES_MAX);
    this.#bell.ring();
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // Everybody is gone already.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
