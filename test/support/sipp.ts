import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ForeignProgram } from "./foreign-program.ts";
import { freePort } from "./free-port.ts";

/** Longer than any scenario here takes. */
const TIMEOUT_SECONDS = 30;

/** SIPp with one scenario, in a folder of its own. */
export class Sipp {
  readonly port: number;
  readonly #program: ForeignProgram;

  private constructor(program: ForeignProgram, port: number) {
    [this.#program, this.port] = [program, port];
  }

  /** `prepare`: puts files into its folder first. */
  static async start(
    args: readonly string[],
    { port, prepare }: { readonly port?: number; readonly prepare?: (folder: string) => Promise<void> } = {},
  ): Promise<Sipp> {
    const folder = await ForeignProgram.folder();
    await prepare?.(folder);
    const own = port ?? (await freePort());
    const all = [...args, "-p", String(own), "-i", "127.0.0.1", "-timeout", `${TIMEOUT_SECONDS}s`, "-timeout_error"];
    const program = await ForeignProgram.start(folder, { command: "sipp", args: [...all, "-trace_err", "-nostdin"] });
    return new Sipp(program, own);
  }

  /** Resolves once all its calls went as the scenario says. */
  async succeeds(): Promise<void> {
    const code = await this.#program.ended();
    const { folder } = this.#program;
    const logs = (await readdir(folder)).filter((name) => name.endsWith(".log"));
    const texts = await Promise.all(logs.map((name) => readFile(join(folder, name), "utf8")));
    assert.equal(code, 0, texts.join("\n").slice(0, 4000));
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }
}
