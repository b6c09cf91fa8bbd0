import { Option } from "commander";

/** A repeatable flag: the first use replaces the default. In the environment, values are separated by commas. */
export function collectOver(defaults: readonly string[]): (value: string, previous: string[]) => string[] {
  return (value, previous) => {
    const values = value.split(",").map((part) => part.trim());
    return previous === defaults ? values : [...previous, ...values];
  };
}

/** `--allow-include DIR` of every command that reads a site. */
export function allowIncludeOption(): Option {
  const none: string[] = [];
  const collect = collectOver(none);
  return new Option("--allow-include <dir>", "the site's files may #include from this folder too; repeatable")
    .default(none, "none: only from the site's own folder")
    .argParser((value: string, previous: string[]) => collect(value, previous).filter((folder) => folder !== ""))
    .env("LAMPLIGHTER_ALLOW_INCLUDE");
}
