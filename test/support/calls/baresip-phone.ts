import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { eventually } from "../eventually.ts";
import { ForeignProgram } from "../foreign-program.ts";
import { freePort } from "../free-port.ts";
import { levelOf, newestSamples, writeSine } from "./wave.ts";

/** Longer than any test talks. */
const VOICE_SECONDS = 60;
const WINDOW_MS = 200;
const HEARD_LEVEL = 400;
const WAIT_MS = 8000;

/** baresip as a phone that answers by itself: its voice is a file, and what it hears goes into one. */
export class BaresipPhone {
  readonly #program: ForeignProgram;
  readonly #controlPort: number;

  private constructor(program: ForeignProgram, controlPort: number) {
    [this.#program, this.#controlPort] = [program, controlPort];
  }

  /** Starts and registers it. */
  static async start(user: string, sipPort: number, voice: number): Promise<BaresipPhone> {
    const folder = await ForeignProgram.folder();
    const config = join(folder, "config");
    const controlPort = await freePort();
    await mkdir(config);
    await writeSine(join(folder, "voice.wav"), voice, VOICE_SECONDS);
    await writeFile(join(config, "config"), configOf(folder, controlPort));
    const proxy = `outbound="sip:127.0.0.1:${sipPort}"`;
    const account = `<sip:${user}@127.0.0.1>;auth_pass=${user}-secret;${proxy};regint=600;answermode=auto`;
    await writeFile(join(config, "accounts"), `${account};audio_codecs=pcmu/8000/1\n`);
    const args = ["-f", config, "-v"];
    const program = await ForeignProgram.start(folder, { command: "baresip", args, ready: /baresip is ready/ });
    await program.line(/registered successfully/, WAIT_MS);
    return new BaresipPhone(program, controlPort);
  }

  /** One of its commands: "hold", "resume", "hangup", "dial" with an address. */
  async command(command: string, params = ""): Promise<void> {
    const text = JSON.stringify({ command, params });
    const socket = connect(this.#controlPort, "127.0.0.1");
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.once("data", () => {
        resolve();
      });
      socket.write(`${text.length}:${text},`);
    });
    socket.destroy();
  }

  /** Resolves when it hears this in its newest call. */
  async untilHears(frequency: number): Promise<void> {
    await eventually(async () => {
      assert.ok((await this.#level(frequency)) > HEARD_LEVEL, `${frequency} Hz`);
    }, WAIT_MS);
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }

  async #level(frequency: number): Promise<number> {
    const { folder } = this.#program;
    const heard = (await readdir(folder)).filter((name) => name.endsWith("-dec.wav")).sort();
    const newest = heard.at(-1);
    return newest === undefined ? 0 : levelOf(frequency, await newestSamples(join(folder, newest), WINDOW_MS));
  }
}

function configOf(folder: string, controlPort: number): string {
  return `sip_listen 127.0.0.1:0
module_path /usr/lib/baresip/modules
module stdio.so
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:${controlPort}
audio_source aufile,${folder}/voice.wav
audio_player aubridge,ears
audio_alert aubridge,bell
snd_path ${folder}
`;
}
