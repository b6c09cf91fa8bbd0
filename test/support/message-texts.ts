import fc from "fast-check";

/**
 * Valid requests as many peers might write them: any case and short form of names, blanks and folds where the grammar has them, quoted names,
 * parameters, several Vias, Routes and Contacts, bodies of any bytes. Binary strings, as on the wire.
 */
const ALPHANUMERIC = "ABCXYZabcxyz0189";

const text = (characters: string, minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from(characters)), minLength, maxLength });

const join = (...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((values) => values.join(""));

const maybe = (part: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.option(part, { nil: "" });

const token = text(`${ALPHANUMERIC}-.!%*_+\`'~`, 1, 12);

/** Blanks that may stand, folded or not. */
const blanks = fc.constantFrom("", "", "", " ", "  ", "\t", "\r\n ", " \r\n\t ");
const someBlanks = fc.constantFrom(" ", " ", "  ", "\t", "\r\n ", " \r\n\t");

const escaped = fc.constantFrom("%20", "%41", "%3b", "%2B", "%c3%a0", "%25");
const label = join(text("abcXYZ", 1, 3), text("abc019", 0, 4));
const domain = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
const host = fc.oneof(
  domain,
  fc.ipV4(),
  fc.constantFrom("[2001:db8::9:1]", "[::1]", "[::ffff:192.0.2.7]", "[2001:DB8:0:0:0:0:0:A]"),
);
const port = maybe(fc.integer({ min: 1, max: 65_535 }).map((number) => `:${number}`));

const piecesOf = (piece: fc.Arbitrary<string>, minLength: number): fc.Arbitrary<string> =>
  fc.array(piece, { minLength, maxLength: 8 }).map((pieces) => pieces.join(""));

const plainUser = piecesOf(fc.oneof(text(`${ALPHANUMERIC}-_.!~*'()&=+$/`, 1, 4), escaped), 1);
const anyUser = piecesOf(fc.oneof(text(`${ALPHANUMERIC}-_.!~*'()&=+$,;?/`, 1, 4), escaped), 1);
const uriValue = piecesOf(fc.oneof(text(`${ALPHANUMERIC}-_.!~*'()[]/:&+$`, 1, 4), escaped), 1);

const parameterList = (one: fc.Arbitrary<readonly [name: string, value: string]>): fc.Arbitrary<string> =>
  fc
    .uniqueArray(one, { maxLength: 4, selector: ([name]) => name.trim().toLowerCase() })
    .map((parameters) => parameters.map(([name, value]) => `;${name}${value}`).join(""));

const uriParameters = parameterList(
  fc.oneof(
    fc.constantFrom<readonly [string, string]>(["transport", "=UDP"], ["Transport", "=tls"], ["lr", ""], ["user", "=phone"]),
    fc.tuple(join(fc.constantFrom("x-", "Line"), text(ALPHANUMERIC, 0, 4)), maybe(join(fc.constant("="), uriValue))),
  ),
);
const uriHeaders = maybe(fc.constantFrom("?Subject=a%20b", "?a=1&b=2"));
const scheme = fc.constantFrom("sip:", "sip:", "sips:", "SIP:");
const at = (user: fc.Arbitrary<string>): fc.Arbitrary<string> => maybe(user.map((written) => `${written}@`));

const requestUri = join(scheme, at(anyUser), host, port, uriParameters);
const uriInBrackets = join(scheme, at(anyUser), host, port, uriParameters, uriHeaders);
const bareUri = join(scheme, at(plainUser), host, port);

const quotedCharacter = fc.oneof(
  { weight: 5, arbitrary: text(`${ALPHANUMERIC} ,;:<>@=?()[]{}/`, 1, 3) },
  { weight: 2, arbitrary: fc.constantFrom('\\"', "\\\\", "\\,", "\\a") },
  { weight: 1, arbitrary: fc.constantFrom("\xc3\xa0", "\xc3\xbc", "\xe2\x98\x8e", "\xf0\x9f\x93\x9e") },
);
const quoted = piecesOf(quotedCharacter, 0).map((inside) => `"${inside}"`);
const displayName = fc.oneof(
  fc.constant(""),
  join(quoted, blanks),
  join(
    fc.array(text(`${ALPHANUMERIC}-.`, 1, 6), { minLength: 1, maxLength: 3 }).map((words) => words.join(" ")),
    someBlanks,
  ),
);

const equals = join(blanks, fc.constant("="), blanks);
const headerParameter = fc.tuple(
  join(blanks, fc.constantFrom("p-", "Q", "+sip."), text(ALPHANUMERIC, 1, 4), fc.constant("")),
  fc.oneof(fc.constant(""), join(equals, fc.oneof(token, quoted))),
);
const headerParameters = parameterList(headerParameter);
const address = fc.oneof(
  { weight: 4, arbitrary: join(displayName, fc.constant("<"), uriInBrackets, fc.constant(">")) },
  { weight: 1, arbitrary: bareUri },
);
const tag = join(blanks, fc.constant(";"), blanks, fc.constantFrom("tag", "tag", "TAG", "Tag"), equals, token);

const listOf = (one: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(one, { minLength: 1, maxLength }), join(blanks, fc.constant(","), blanks))
    .map(([values, comma]) => values.join(comma));

const route = join(displayName, fc.constant("<"), requestUri, fc.constant(">"), headerParameters);
const contact = join(
  address,
  maybe(fc.integer({ min: 0, max: 99_999 }).map((seconds) => `;expires=${seconds}`)),
  headerParameters,
);

/** One value of a Via. */
export const viaTexts = join(
  fc.constantFrom("SIP/2.0/", "SIP/2.0/", "SIP / 2.0 / ", "SIP/2.0\t/"),
  fc.constantFrom("UDP", "TCP", "TLS", "WS", "udp"),
  fc.constantFrom(" ", "   ", "\t"),
  fc.oneof(domain, fc.ipV4(), fc.constantFrom("[2001:db8::9:1]", "[::1]")),
  port,
  fc.constantFrom("", ";rport", ";received=192.0.2.1", ";ttl=1"),
  blanks,
  fc.constant(";"),
  blanks,
  fc.constantFrom("branch", "Branch"),
  equals,
  join(fc.constant("z9hG4bK"), token),
  fc.constantFrom("", ";rport=5060", ";x=y"),
);

const METHODS = ["SUBSCRIBE", "REGISTER", "INVITE", "ACK", "BYE", "OPTIONS", "NOTIFY", "PUBLISH", "MESSAGE", "INFO", "UPDATE"];
const COMPACT: Readonly<Record<string, string>> = {
  Via: "v",
  From: "f",
  To: "t",
  "Call-ID": "i",
  Contact: "m",
  "Content-Type": "c",
  "Content-Length": "l",
  Event: "o",
  Supported: "k",
};

/** A header line with a value of the generator, its name in any spelling. */
function line(name: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const names = fc.constantFrom(
    name,
    name,
    COMPACT[name] ?? name,
    (COMPACT[name] ?? name).toUpperCase(),
    name.toLowerCase(),
    name.toUpperCase(),
  );
  return join(
    names,
    fc.constantFrom(": ", ":", " : ", ":\t", "\t:  ", ":\r\n "),
    value,
    fc.constantFrom("", "", " ", "\t"),
    fc.constant("\r\n"),
  );
}

const callId = join(
  text(`${ALPHANUMERIC}-.!%*_+\`'~()<>:\\"/[]?{}`, 1, 20),
  maybe(join(fc.constant("@"), text(`${ALPHANUMERIC}-.`, 1, 10))),
);
const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array).toString("latin1"));
const bodies = fc.oneof(
  fc.constant(""),
  bytes,
  fc.constantFrom(" v=0\r\n", "\tx", "\r\n\r\n", "a: b\r\n\r\n", "<x>\xc3\xa0</x>"),
);

/** Lines of which a message has none or one. */
const OPTIONAL: Readonly<Record<string, fc.Arbitrary<string>>> = {
  "Max-Forwards": fc.constantFrom("70", "0", "0068"),
  Expires: fc.integer({ min: 0, max: 2 ** 32 - 1 }).map(String),
  Event: fc.constantFrom("dialog", "presence", "dialog;id=7", "Dialog ; id = a.b", "message-summary"),
  "Content-Type": fc.constantFrom("application/sdp", "text/plain;charset=utf-8", 'multipart/mixed;boundary="a,b"'),
  Supported: fc.constantFrom("replaces, 100rel", "gruu", ""),
  "User-Agent": fc.constantFrom("PolycomSoundPointIP-SPIP_650-UA/4.0.15.1009", "x (y; z)"),
  "X-Own": fc.constantFrom(";;,,;;,;", '"', "a\r\n b", ": :", "<", "\xff\xa0\x01"),
};

const optionalLines = fc
  .tuple(...Object.entries(OPTIONAL).map(([name, value]) => maybe(line(name, value))))
  .map((lines) => lines.filter((written) => written !== ""));

/** Valid requests. */
export const requestTexts: fc.Arbitrary<string> = fc
  .record({
    method: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...METHODS) }, { weight: 1, arbitrary: token }),
    uri: requestUri,
    vias: fc.array(line("Via", viaTexts), { minLength: 1, maxLength: 3 }),
    from: line("From", join(address, fc.oneof(join(headerParameters, tag), join(tag, headerParameters)))),
    to: line("To", join(address, headerParameters, maybe(tag))),
    callId: line("Call-ID", callId),
    cseqNumber: fc.oneof(fc.integer({ min: 0, max: 2 ** 31 - 1 }).map(String), fc.constant("0009")),
    routes: fc.array(line("Route", listOf(route, 2)), { maxLength: 2 }),
    recordRoutes: fc.array(line("Record-Route", listOf(route, 3)), { maxLength: 2 }),
    contacts: fc.array(line("Contact", listOf(contact, 3)), { maxLength: 2 }),
    optional: optionalLines,
    body: bodies,
    measured: fc.constantFrom("all", "all", "all", "less", "no"),
    order: fc.infiniteStream(fc.nat({ max: 1000 })),
  })
  .chain((parts) =>
    fc.record({
      cseq: line("CSeq", join(fc.constant(parts.cseqNumber), someBlanks, fc.constant(parts.method))),
      parts: fc.constant(parts),
    }),
  )
  .map(({ cseq, parts }) => {
    const { method, uri, body, order, measured } = parts;
    const length = measured === "less" ? body.length >> 1 : body.length;
    // Lines of one name keep their order: it has a meaning.
    const groups = [
      parts.vias,
      [parts.from],
      [parts.to],
      [parts.callId],
      [cseq],
      parts.routes,
      parts.recordRoutes,
      parts.contacts,
    ];
    groups.push(...parts.optional.map((one) => [one]), measured === "no" ? [] : [`Content-Length: ${length}\r\n`]);
    const keyed = groups.map((group) => ({ group, key: order.next().value ?? 0 }));
    const lines = keyed.sort((left, right) => left.key - right.key).flatMap(({ group }) => group);
    return `${method} ${uri} SIP/2.0\r\n${lines.join("")}\r\n${body}`;
  });
