import { createHash } from "node:crypto";

/** The header line that answers the MD5 challenge to a REGISTER at 127.0.0.1. */
export function registerAuthorization(challenge: string, account: string, secret: string): string {
  const line = /^WWW-Authenticate: Digest (.*algorithm=MD5.*)\r$/m.exec(challenge)?.[1] ?? "";
  const value = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(line)?.[1] ?? "";
  const [realm, nonce] = [value("realm"), value("nonce")];
  const ha1 = md5(`${account}:${realm}:${secret}`);
  const ha2 = md5("REGISTER:sip:127.0.0.1");
  const response = md5(`${ha1}:${nonce}:00000001:abcd:auth:${ha2}`);
  return (
    `Authorization: Digest username="${account}", realm="${realm}", nonce="${nonce}", uri="sip:127.0.0.1", qop=auth, nc=00000001, ` +
    `cnonce="abcd", response="${response}", algorithm=MD5\r\n`
  );
}

function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}
