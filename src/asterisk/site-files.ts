/** Asterisk's files that a site is made of: a line here makes a file known to reading, watching and checking. */
export const SITE_FILES = [
  "sla.conf",
  "sip.conf",
  "users.conf",
  "pjsip.conf",
  "pjsip_wizard.conf",
  "extensions.conf",
  "ccss.conf",
  "indications.conf",
] as const;

export type AsteriskFile = (typeof SITE_FILES)[number];

/** Texts of the files that are there, by name. */
export type SiteTexts = Readonly<Partial<Record<AsteriskFile, string>>>;

/** Whether a name is that of a site's file. */
export function isSiteFile(name: string): name is AsteriskFile {
  return (SITE_FILES as readonly string[]).includes(name);
}

/** Whether a file looks like one of Asterisk's: those that no reader wants are named once (CONF-I01). */
export function isAsteriskFile(name: string): boolean {
  return /\.(?:conf|ael|lua)$/.test(name) && !name.startsWith(".");
}
