// `npm run bench [-- scenario …]`: the figures of BENCHMARKS.md.
import { spawnSync } from "node:child_process";
import { prepare, root } from "./prepare.mjs";

await prepare();
const node = ["--import=tsx", "--conditions=lamplighter-source", "test/bench/run.ts", ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, node, { cwd: root, stdio: "inherit" }).status ?? 1;
