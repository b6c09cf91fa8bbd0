import { join } from "node:path";
import { packageRoot } from "#base/package-root";
import type { CodeText } from "#domain/site/codes/code-texts";
import { severityOf } from "#domain/site/diagnostic";

/** Where the page of all codes lies, for admins. */
export const PAGE_PATH = join(packageRoot, "DIAGNOSTICS.md");

const FAMILIES = [
  ["CONF", "Grammar of all of Asterisk's files"],
  ["SLA", "Lines, stations and lamps: `sla.conf`, and what belongs to it elsewhere"],
  ["SIP", "Accounts: `sip.conf` and its like"],
  ["EXT", "The dialplan: `extensions.conf`"],
  ["CC", "Call completion: `ccss.conf` and options of accounts"],
  ["YAML", "`site.yaml`"],
] as const;

const SEVERITIES = { E: "error", W: "warning", I: "note" } as const;
const RANKS = "EWI";

/** The page of all codes, family by family, errors first. */
export function diagnosticsPage(texts: ReadonlyMap<string, CodeText>): string {
  const parts = FAMILIES.flatMap(([family, title]) => {
    const codes = [...texts.keys()].filter((code) => code.startsWith(`${family}-`)).sort(bySeverity);
    if (codes.length === 0) return [];
    const rows = codes.map((code) => row(code, texts.get(code)));
    return [`## ${family}: ${title}\n\n| code | | why | what to write |\n|---|---|---|---|\n${rows.join("\n")}\n`];
  });
  return `${HEAD}\n${parts.join("\n")}`;
}

const HEAD = `# What \`lamplighter check\` says, and why

Generated from \`src/domain/site/codes\` by \`npm run diagnostics\`; a test checks that it is fresh.

A finding is one line, \`file:line:column CODE message\`. The message names the thing; this page tells what the code means.
An **error** leaves one object out, or the whole file where it says so. A **warning** is read with a correction. A **note** is good to know.
`;

function row(code: string, text: CodeText | undefined): string {
  const cells = [`\`${code}\``, SEVERITIES[severityOf({ code })], text?.why ?? "", text?.fix ?? ""];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("](", "]\\(")).join(" | ")} |`;
}

function bySeverity(a: string, b: string): number {
  const rank = (code: string): number => RANKS.indexOf(severityOf({ code }));
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  return a < b ? -1 : 1;
}
