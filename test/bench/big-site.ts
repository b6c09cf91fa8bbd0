import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A site of many stations on four trunks, as Asterisk's files have it: every key with its hint and its entry. Gives its folder. */
export function writeBigSite(stations: number): string {
  const folder = mkdtempSync(join(tmpdir(), "lamplighter-big-site-"));
  const names = Array.from({ length: stations }, (_, at) => `s${String(at).padStart(5, "0")}`);
  const trunks = [1, 2, 3, 4].map((trunk) => `T${trunk}`);
  writeFileSync(
    join(folder, "sla.conf"),
    [
      ...trunks.map((trunk) => `[${trunk}]\ntype = trunk\ndevice = Local/disa@${trunk}_outbound\n`),
      `[station](!)\ntype = station\n${trunks.map((trunk) => `trunk = ${trunk}\n`).join("")}`,
      ...names.map((name) => `[${name}](station)\ndevice = SIP/${name}\n`),
    ].join("\n"),
  );
  const accounts = names.map((name, at) => `[${name}](phone)\nsecret = secret-${at}\ncallerid = "Desk ${at}" <${at}>\n`);
  writeFileSync(
    join(folder, "sip.conf"),
    `[general]\ncontext = none\n\n[phone](!)\ntype = friend\nhost = dynamic\ncontext = stations\n\n${accounts.join("\n")}`,
  );
  const entries = names.flatMap((name) => [
    `exten => ${name},1,SLAStation(${name})`,
    ...trunks.flatMap((trunk) => [
      `exten => ${name}_${trunk},hint,SLA:${name}_${trunk}`,
      `exten => ${name}_${trunk},1,SLAStation(${name}_${trunk})`,
    ]),
  ]);
  const lines = trunks.map(
    (trunk) =>
      `[${trunk}_outbound]\nexten => disa,1,NoOp()\nsame => n,Read(Request,dial,11,i)\nsame => n,Goto(\${Request},1)\n` +
      `exten => _1NXXNXXXXXX,1,Dial(SIP/\${EXTEN}@provider)\n\n[${trunk}_inbound]\nexten => s,1,SLATrunk(${trunk})\n`,
  );
  writeFileSync(join(folder, "extensions.conf"), `[general]\n\n${lines.join("\n")}\n[stations]\n${entries.join("\n")}\n`);
  return folder;
}
