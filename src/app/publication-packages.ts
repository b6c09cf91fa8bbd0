import { fail, ok, type Result } from "#base/result";
import { DEFAULT_XML_LIMITS, type XmlLimits } from "#base/xml/read-xml";
import { devicesOfAccount } from "#sources/registrar/registrar-source";
import { readAsteriskBody, type DeviceStatement } from "#sources/publish/asterisk-body";
import { readDialogInfo } from "#sources/publish/dialog-info-body";
import { readPidf } from "#sources/publish/pidf-body";
import { withoutParts, type PublishedDocument, type ReadDocument } from "#sources/publish/published-document";
import type { Account } from "#domain/site/site";
import { decodeUser, parseUri } from "#sip/message/uri";
import { fromWire, toWire } from "#sip/message/wire-text";
import type { PublicationPackage, PublishedAbout, Statement } from "#sip/publication/package";
import { samePublisher, type Publication } from "#sip/publication/publication";
import type { Answer } from "#sip/transaction/user";

const EXPIRY_DEFAULT_SECONDS = 3600;
/** What Asterisk said in a chain that it began anew stands this long, for it to say it again (J-2). */
const OVERTAKEN_MS = 30_000;

/** What is kept with a publication of Asterisk: whose chain it is. */
export interface ExchangeState {
  readonly eid: string;
}

/** Packages whose Request-URI names nobody (design §9.15): every object names its device. */
const EXCHANGE_PACKAGES = ["asterisk-devicestate", "asterisk-mwi"];

/** Does this package speak of devices, whoever the Request-URI names? */
export function isExchange(packageName: string): boolean {
  return EXCHANGE_PACKAGES.includes(packageName);
}

/** The event packages that take PUBLISH: one line each. */
export function publicationPackages(
  account: (name: string) => Account | undefined,
  xml: XmlLimits = DEFAULT_XML_LIMITS,
): readonly PublicationPackage[] {
  return [
    documentPackage(
      "dialog",
      "application/dialog-info+xml",
      (text) => readDialogInfo(text, xml),
      () => true,
    ),
    // Phones of one account may all call their tuple the same (P-21): one flow, one phone.
    documentPackage(
      "presence",
      "application/pidf+xml",
      (text) => readPidf(text, xml),
      (other, newer) => newer.isFirst && other.source === newer.source,
    ),
    ...EXCHANGE_PACKAGES.map((name) => exchangePackage(name, account)),
  ];
}

/** A package whose documents tell of the resource itself, in parts with ids. */
function documentPackage(
  name: string,
  contentType: string,
  readDocument: (text: string) => Result<ReadDocument, string>,
  overtakes: (other: Publication, newer: Statement) => boolean,
): PublicationPackage {
  return {
    name,
    contentTypes: [contentType],
    defaultExpirySeconds: EXPIRY_DEFAULT_SECONDS,
    read(body, { user }) {
      const read = readDocument(textOf(body));
      if (!read.ok) return bad(read.error);
      return isAbout(read.value.entity, user) ? ok({ state: read.value.document }) : bad("Entity is not the Request-URI's");
    },
    supersede: (others, newer) =>
      // A newer word on the same dialog or tuple by the same publisher (P-16, P-18, P-21).
      others.flatMap((other) => {
        if (!samePublisher(other.publisher, newer.publisher) || !overtakes(other, newer)) return [other];
        const before = other.state as PublishedDocument;
        const after = withoutParts(before, newer.state as PublishedDocument);
        if (after === before) return [other];
        // Its tag stays good: the publisher may not have heard yet that both are the same.
        return [{ ...other, state: after ?? { parts: [] } }];
      }),
  };
}

/** Asterisk's exchange of states: a chain is a server, and each body says something of one device (J-1). */
function exchangePackage(name: string, account: (name: string) => Account | undefined): PublicationPackage {
  return {
    name,
    contentTypes: ["application/json"],
    defaultExpirySeconds: EXPIRY_DEFAULT_SECONDS,
    read(body, { publisher }) {
      const read = readAsteriskBody(name, textOf(body));
      if (!read.ok) return bad(read.error);
      const { eid, said } = read.value;
      if (said !== undefined && !maySay(publisher, said, account))
        return fail({ status: 403, reason: "Not a device of the account" });
      const state: ExchangeState = { eid };
      return ok({ state, ...(said === undefined ? {} : { said }) });
    },
    supersede: (others, newer) =>
      !newer.isFirst || newer.seconds === 0
        ? others
        : others.map((other) => (isSameServer(other, newer) ? cutShort(other, newer.at + OVERTAKEN_MS) : other)),
  };
}

function isSameServer(other: Publication, newer: Statement): boolean {
  const [before, after] = [other.state as ExchangeState, newer.state as ExchangeState];
  return samePublisher(other.publisher, newer.publisher) && before.eid === after.eid;
}

function cutShort(publication: Publication, at: number): Publication {
  return publication.expiresAt <= at ? publication : { ...publication, expiresAt: at };
}

/** A trusted source may speak of any device, an account of its own (design §9.15). */
function maySay(
  publisher: PublishedAbout["publisher"],
  { device }: DeviceStatement,
  account: (name: string) => Account | undefined,
): boolean {
  if (publisher.type === "trusted") return true;
  const mailboxes = (account(publisher.name)?.mailbox ?? "").split(",").map((mailbox) => `MWI:${mailbox.trim()}`);
  return [...devicesOfAccount(publisher.name), ...mailboxes].includes(device);
}

/** The document's entity names the user that the PUBLISH is for; hosts are written by many names (§3.4). */
function isAbout(entity: string | undefined, user: string): boolean {
  if (entity === undefined) return true;
  const uri = parseUri(toWire(entity.replace(/^pres:/i, "sip:")));
  return uri.ok && uri.value.user !== undefined && fromWire(decodeUser(uri.value.user)) === user;
}

/** Text of a body; a byte order mark is none of it. */
function textOf(body: string): string {
  return fromWire(body).replace(/^\ufeff/, "");
}

function bad(reason: string): Result<never, Answer> {
  return fail({ status: 400, reason: reason.replace(/[^ -~]/g, "?").slice(0, 100) });
}
