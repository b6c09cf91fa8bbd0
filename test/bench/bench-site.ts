import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Writes a site of `hints` lamps, each on a device of its own, and `accounts` accounts with a secret. Gives its folder. */
export function writeBenchSite(size: { readonly hints: number; readonly accounts: number }): string {
  const folder = mkdtempSync(join(tmpdir(), "lamplighter-bench-site-"));
  const hints = Array.from({ length: size.hints }, (_, at) => `exten => ${extensionOf(at)},hint,${deviceOf(at)}`);
  writeFileSync(join(folder, "extensions.conf"), `[default]\n${hints.join("\n")}\n`);
  const accounts = Array.from(
    { length: size.accounts },
    (_, at) => `[${accountOf(at)}]\ntype=friend\nhost=dynamic\nsecret=${secretOf(at)}\ncontext=default`,
  );
  writeFileSync(join(folder, "sip.conf"), `[general]\ncontext=default\n\n${accounts.join("\n\n")}\n`);
  return folder;
}

export function extensionOf(at: number): string {
  return `e${at}`;
}

export function deviceOf(at: number): string {
  return `Custom:d${at}`;
}

export function accountOf(at: number): string {
  return `a${at}`;
}

export function secretOf(at: number): string {
  return `secret-${at}`;
}
