import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "#base/package-root";

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `lamplighter dialplan …` as a process, killed when it hangs. */
async function dialplan(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [join(packageRoot, "bin/lamplighter.mjs"), "dialplan", ...args], {
    timeout: 90_000,
    env: { ...process.env, ...environment },
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, out, err };
}

describe("lamplighter dialplan show, as a process", function () {
  this.timeout(120_000);
  const yaml = join(packageRoot, "provisioning/sites/sample-yaml");

  before(async () => {
    // Builds what is older than its sources, so that no test below waits for it.
    await dialplan(["--help"]);
  });

  it("shows a context of the sample site, each line with its place", async () => {
    const { code, out } = await dialplan(["show", "SLA_Outbound"]);
    assert.equal(code, 0);
    assert.match(out, /^\[ Context 'SLA_Outbound' \]\n {2}'_LX!' => {9}1\. NoOp\(\) +\[extensions\.conf:\d+\]\n/);
  });

  it("shows what a station of a site.yaml makes, and takes the site from flag or environment", async () => {
    const { code, out } = await dialplan(["show", "LocalSets", "--site", yaml]);
    assert.equal(code, 0);
    const key = "L1-0000FFFF0005";
    assert.match(out, new RegExp(`'${key}_T1' => hint: SLA:${key}_T1 +\\[generated for station ${key}\\]`));
    assert.match(out, new RegExp(`1\\. SLAStation\\(${key}_T1\\) +\\[generated for station ${key}\\]`));
    assert.equal((await dialplan(["show", "LocalSets"], { LAMPLIGHTER_SITE: yaml })).out, out);
  });

  it("ends with 1 for a context that is not there, with 2 for a site that is none or wrong use", async () => {
    const unknown = await dialplan(["show", "LocalSet"]);
    assert.deepEqual(unknown, { code: 1, out: "", err: 'there is no context "LocalSet" (did you mean "LocalSets"?)\n' });
    const missing = await dialplan(["show", "--site", join(packageRoot, "missing")]);
    assert.equal(missing.code, 2);
    assert.match(missing.err, /^cannot be used: /);
    const wrong = await Promise.all([["show", "a", "b"], ["shwo"], ["show", "--frobnicate"]].map((args) => dialplan(args)));
    assert.deepEqual(
      wrong.map(({ code }) => code),
      [2, 2, 2],
    );
  });
});
