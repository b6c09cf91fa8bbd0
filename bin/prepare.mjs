// Makes a clone ready to run: installs when node_modules does not match the lock file, builds when a source is newer than the
// build, both under one lock and into place by rename, so that several servers may start from one clone at once. Otherwise it
// touches no file.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
const LOCK = join(root, ".build.lock");
const LOCK_STALE_MS = 10 * 60_000;
const DIST = join(root, "dist");
const STAMP = join(DIST, "built");

/** A step did not work; what it printed says why. */
class PrepareFailed extends Error {}

/** Installs and builds as needed; prints one line per step. Ends the process when a step fails. */
export async function prepare() {
  try {
    await installAndBuild();
  } catch (error) {
    if (!(error instanceof PrepareFailed)) throw error;
    console.error(`lamplighter: ${error.message}`);
    process.exit(1);
  }
}

async function installAndBuild() {
  if (isInstalled() && isBuilt()) return;
  await withLock(() => {
    if (!isInstalled()) install();
    if (!isBuilt()) build();
  });
}

function isInstalled() {
  const wanted = readJson(join(root, "package-lock.json"));
  const found = readJson(join(root, "node_modules", ".package-lock.json"));
  if (wanted === undefined || found === undefined) return false;
  return Object.entries(wanted.packages).every(
    ([path, entry]) => path === "" || entry.optional === true || found.packages[path]?.version === entry.version,
  );
}

function isBuilt() {
  if (!existsSync(STAMP)) return false;
  const builtMs = statSync(STAMP).mtimeMs;
  return ["src", "package.json", "tsconfig.json"].every((path) => newestMs(join(root, path)) <= builtMs);
}

function newestMs(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}

function install() {
  console.error("lamplighter: installing packages (first start, about half a minute) …");
  run("npm", ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"]);
}

function build() {
  console.error("lamplighter: building …");
  const fresh = join(root, `dist.${process.pid}`);
  const old = join(root, `dist.old.${process.pid}`);
  const startedAt = new Date();
  try {
    run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", join(root, "src"), "--outDir", fresh]);
    // What the sources read beside themselves, such as the store's scripts.
    cpSync(join(root, "src"), fresh, {
      recursive: true,
      filter: (path) => statSync(path).isDirectory() || path.endsWith(".lua"),
    });
    writeFileSync(join(fresh, "built"), `${startedAt.toISOString()}\n`);
    if (existsSync(DIST)) renameSync(DIST, old);
    renameSync(fresh, DIST);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", process.stderr, process.stderr] });
  if (error !== undefined) throw new PrepareFailed(`${command} cannot be run: ${error.message}`);
  if (status !== 0) throw new PrepareFailed(`"${[command, ...args].join(" ")}" failed, see above`);
}

async function withLock(action) {
  const giveUpAt = Date.now() + LOCK_STALE_MS;
  while (!takeLock()) {
    if (Date.now() > giveUpAt) throw new Error(`another start holds ${LOCK}: remove that folder if none is running`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  try {
    action();
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

function takeLock() {
  try {
    mkdirSync(LOCK);
    writeFileSync(join(LOCK, "pid"), String(process.pid));
    return true;
  } catch {
    if (isStale()) rmSync(LOCK, { recursive: true, force: true });
    return false;
  }
}

/** The process that took the lock is gone (killed in the middle), or never wrote its number. */
function isStale() {
  try {
    const pid = Number(readFileSync(join(LOCK, "pid"), "utf8"));
    process.kill(pid, 0);
    return false;
  } catch (error) {
    if (error.code === "ESRCH") return true;
    if (error.code !== "ENOENT") return false;
    return existsSync(LOCK) && Date.now() - statSync(LOCK).mtimeMs > 5000;
  }
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
