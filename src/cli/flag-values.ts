import { InvalidArgumentError } from "commander";
import type { HostPort } from "#app/config";

const PORT_MAX = 65_535;
const HOST = /^(?:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*|[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}))$/;

/** "0.0.0.0:8080", "[::]:8080". */
export function hostPort(text: string): HostPort {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > PORT_MAX) throw new InvalidArgumentError("Give HOST:PORT, for example 0.0.0.0:8080 or [::]:8080.");
  return { host: match[1] ?? match[2] ?? "", port };
}

/** A name or an address, IPv6 without brackets: it goes into SIP headers and phones' files as it is. */
export function hostName(text: string): string {
  if (!HOST.test(text))
    throw new InvalidArgumentError("Give a name or an address without port, for example pbx.example or 192.0.2.1.");
  return text;
}

/** A node is a part of keys in the store. */
export function nodeName(text: string): string {
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(text))
    throw new InvalidArgumentError("Give 1 to 64 letters, digits, dots, dashes or underscores.");
  return text;
}

/** "10000-20000". */
export function portRange(text: string): { readonly from: number; readonly to: number } {
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(text);
  const [first, last] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || first < 1 || last > PORT_MAX || first >= last)
    throw new InvalidArgumentError("Give FIRST-LAST, for example 10000-20000.");
  return { from: first, to: last };
}

/** A time that a node may be silent. */
export function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 3600)) throw new InvalidArgumentError("Give a number of seconds from 1 to 3600.");
  return value;
}

/** Where a server is reached. */
export function httpUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new InvalidArgumentError("Give http://HOST:PORT.");
  return text;
}
