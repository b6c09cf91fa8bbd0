import { resolve } from "node:path";
import { Option } from "commander";
import { packageRoot } from "#base/package-root";

/** `--site PATH`, the same for every command that reads a site. */
export function siteOption(): Option {
  return new Option("--site <path>", "folder with Asterisk files and/or site.yaml, or one YAML file").default(
    resolve(packageRoot, "provisioning/sites/sample"),
    "provisioning/sites/sample",
  );
}

/** Each flag is also an environment variable: --tls-cert is LAMPLIGHTER_TLS_CERT. */
export function environmentName(option: Option): string {
  return `LAMPLIGHTER_${option.name().replaceAll("-", "_").toUpperCase()}`;
}
