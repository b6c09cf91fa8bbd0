import { severityOf, type Diagnostic, type Severity } from "../diagnostic.ts";
import { CC_CODES } from "./cc-codes.ts";
import type { CodeText } from "./code-texts.ts";
import { CONF_CODES } from "./conf-codes.ts";
import { EXT_CODES } from "./ext-codes.ts";
import { SIP_CODES } from "./sip-codes.ts";
import { SLA_CODES } from "./sla-codes.ts";
import { YAML_CODES } from "./yaml-codes.ts";

/** Every code there is, by family. */
export const CODE_TEXTS: ReadonlyMap<string, CodeText> = new Map(
  [SLA_CODES, CONF_CODES, SIP_CODES, EXT_CODES, CC_CODES, YAML_CODES].flatMap((texts) => Object.entries(texts)),
);

/** A finding as data: what `check --json` and the API give. */
export interface ExplainedDiagnostic extends Diagnostic, CodeText {
  readonly severity: Severity;
}

/** Adds what the code of a finding means (design §6, sla.md §2.10). */
export function explain(diagnostic: Diagnostic): ExplainedDiagnostic {
  const { why, fix } = CODE_TEXTS.get(diagnostic.code) ?? { why: diagnostic.message, fix: diagnostic.message };
  return { ...diagnostic, severity: severityOf(diagnostic), why, fix };
}
