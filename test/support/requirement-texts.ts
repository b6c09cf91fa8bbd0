import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "mocha";
import { readSite } from "#app/site-reading/read-site";
import { packageRoot } from "#base/package-root";
import type { Diagnostic } from "#domain/site/diagnostic";
import type { Site } from "#domain/site/site";

/** The texts lie beside a developer's checkout, or their tests are skipped and say so. */
const FOLDER = join(packageRoot, "../shared/requirements");

/** Chapters of the printed text: the line that begins it, and the one that ends it. */
const CHAPTERS = {
  analog: ["004_", "Key System Example with Analog Trunks", "Key System Example with SIP Trunks"],
  sipTrunks: ["004_", "Key System Example with SIP Trunks", "Alternate Key System Example with SIP Trunks"],
  alternate: ["004_", "Alternate Key System Example with SIP Trunks", "Shared Extension Example"],
  shared: ["004_", "Shared Extension Example", "Additional Configuration"],
  callback: ["004_", "Creating a Callback Service", ""],
  portuguese: ["000_", "", ""],
  markAndRichard: ["001_", "", ""],
} as const;

export type ChapterName = keyof typeof CHAPTERS;

/** What one would type of a chapter, by the file it belongs to. */
export interface Typed {
  /** All of it. */
  readonly text: string;
  /** Blocks that begin with a section, in their order. */
  readonly files: Readonly<Partial<Record<"sla.conf" | "extensions.conf" | "sip.conf", readonly string[]>>>;
  /** Lines that are printed without a section above them. */
  readonly loose: readonly string[];
  /** The file of a phone. */
  readonly xml?: string;
}

/** Takes a chapter apart; skips the tests of the suite, with the reason in its title, where the texts are not there. */
export function chapterOrSkip(context: Context, name: ChapterName): Typed {
  const [prefix, from, to] = CHAPTERS[name];
  const file = existsSync(FOLDER) ? readdirSync(FOLDER).find((found) => found.startsWith(prefix)) : undefined;
  if (file === undefined) {
    const suite = context.test?.parent;
    if (suite !== undefined) suite.title += ` (skipped: there is no ${prefix}*.txt in ${FOLDER})`;
    context.skip();
  }
  const lines = readFileSync(join(FOLDER, file), "utf8").split("\n");
  const start = from === "" ? 0 : lines.indexOf(from);
  const end = to === "" ? lines.length : lines.indexOf(to, start);
  return typed(lines.slice(start, end));
}

function typed(lines: readonly string[]): Typed {
  const text = lines.join("\n");
  const xml = /<\?xml[^]*<\/polycomConfig>\n/.exec(text)?.[0];
  const files: Partial<Record<keyof Typed["files"], string[]>> = {};
  const loose: string[] = [];
  for (const block of blocks(text.replace(xml ?? "", "\n.\n").split("\n"))) {
    if (block.startsWith("[")) (files[fileOf(block)] ??= []).push(block);
    else loose.push(block);
  }
  return { text, files, loose, ...(xml === undefined ? {} : { xml }) };
}

/** Runs of lines that are no prose. */
function blocks(lines: readonly string[]): string[] {
  const found: string[][] = [];
  let isInside = false;
  for (const line of lines) {
    const isHeader = line.startsWith("[");
    const isEntry = /^\s*[\w.]+\s*=/.test(line);
    if ((isHeader || isEntry) && !isInside) found.push([]);
    isInside = isHeader || isEntry || (isInside && (line.trim() === "" || line.startsWith(";")));
    if (isInside) found.at(-1)?.push(line);
  }
  return found.map((block) => `${block.join("\n").trimEnd()}\n`);
}

function fileOf(block: string): keyof Typed["files"] {
  if (/^\s*(?:exten|same|include)\s*=>/m.test(block)) return "extensions.conf";
  return /^\s*cc_/m.test(block) ? "sip.conf" : "sla.conf";
}

/** A file of a site: its text, or the blocks it is pasted from. */
export type SiteFiles = Readonly<Record<string, string | readonly string[]>>;

/** What a site in a folder of its own says. */
export interface ReadFiles {
  readonly site: Site;
  readonly unusable?: string;
  /** One a finding: `CODE file the line it stands on`. */
  readonly found: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Writes files into a folder of their own and reads it as a site. */
export async function readFiles(files: SiteFiles): Promise<ReadFiles> {
  const folder = mkdtempSync(join(tmpdir(), "lamplighter-text-"));
  const texts = new Map(Object.entries(files).map(([name, text]) => [name, typeof text === "string" ? text : text.join("\n")]));
  try {
    for (const [name, text] of texts) writeFileSync(join(folder, name), text);
    const { site, diagnostics, unusable } = await readSite(folder);
    const found = diagnostics.map(({ code, file, line }) => {
      const written = (texts.get(file) ?? "").split("\n")[line - 1] ?? "";
      return `${code} ${file} ${written.replace(/\s+/g, " ").trim()}`;
    });
    return { site, found, diagnostics, ...(unusable === undefined ? {} : { unusable }) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
