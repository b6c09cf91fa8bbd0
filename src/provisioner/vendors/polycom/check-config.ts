import type { Diagnostic } from "#domain/site/diagnostic";
import { show } from "#domain/site/shown";
import type { ConfigPhone } from "./config-phone.ts";
import { modelOf } from "./models.ts";
import type { ConfigParameter } from "./read-config.ts";

/** Passwords that are tried first; compared without regard to case. */
const COMMON_PASSWORDS = new Set(
  "welcome password passwd pass secret admin administrator user default changeme letmein qwerty asterisk polycom phone sip test 0000 1111 1234 12345 123456 1234567 12345678 123 321 456 4321".split(
    " ",
  ),
);

/** What is right with a file and yet worth a word (sla.md §6, D7 and D8). `model`: of the phone, where the site knows it. */
export function checkConfig(
  parameters: ReadonlyMap<string, ConfigParameter>,
  phone: ConfigPhone,
  model: string | undefined,
): readonly Diagnostic[] {
  const users = new Set(phone.registrations.flatMap(({ address, userId }) => [address, userId ?? address]));
  const ofParameters = [...parameters.values()].flatMap((parameter) => [
    ...weakPassword(parameter, users),
    ...emptyProxy(parameter),
  ]);
  return [...ofParameters, ...tooManyKeys(phone, model)];
}

/** The password itself is not shown: findings are copied into mails. */
function weakPassword({ name, value, at }: ConfigParameter, users: ReadonlySet<string>): Diagnostic[] {
  const isPassword = /\.(?:\w*password|secret)$/i.test(name) && value !== "";
  const what = users.has(value)
    ? "is the user's name"
    : COMMON_PASSWORDS.has(value.toLowerCase())
      ? "is a common default"
      : undefined;
  if (!isPassword || what === undefined) return [];
  return [{ ...at, code: "CONF-W41", message: `${show(name)} ${what}, in clear: write a long random one` }];
}

function emptyProxy({ name, value, at }: ConfigParameter): Diagnostic[] {
  if (value !== "" || !/\.outboundProxy\.address$/.test(name)) return [];
  return [{ ...at, code: "CONF-I42", message: `${show(name)} is empty and has no effect: leave it out, or write a name` }];
}

/** An unknown model has no number of keys to compare with. */
function tooManyKeys({ registrations, keys }: ConfigPhone, model: string | undefined): Diagnostic[] {
  const row = modelOf(model ?? "generic");
  const [first] = [...keys, ...registrations];
  if (row.lineKeys === null || first === undefined) return [];
  const needed = registrations.reduce((sum, { lineKeys }) => sum + lineKeys, keys.length);
  const has = row.lineKeys + row.moduleKeys;
  if (needed <= has) return [];
  const message = `${needed} keys are needed, ${row.name} has ${has}: ask for fewer, the last ones are not shown`;
  return [{ ...first.at, code: "CONF-I41", message }];
}
