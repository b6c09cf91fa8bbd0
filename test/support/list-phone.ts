import assert from "node:assert/strict";
import type { XmlElement } from "#base/xml/element";
import { readXml } from "#base/xml/read-xml";

/** One NOTIFY of a list, taken apart by hand: not by the code that makes it. */
export interface ListNotify {
  readonly version: number;
  readonly isFull: boolean;
  readonly uri: string;
  /** In order: uri, name, state of the instance, reason. */
  readonly resources: readonly {
    readonly uri: string;
    readonly name: string;
    readonly state: string;
    readonly reason: string;
    readonly document: string | undefined;
  }[];
  /** The RLMI document as it came. */
  readonly rlmi: string;
}

/** Splits a multipart body by its boundary (RFC 2046 §5.1.1) and follows the Content-IDs (RFC 4662 §5). */
export function readListNotify(contentType: string, body: string): ListNotify {
  const parameter = (name: string): string =>
    new RegExp(`;\\s*${name}="?([^";]+)"?`).exec(contentType)?.[1] ?? assert.fail(`no ${name} in ${contentType}`);
  assert.match(contentType, /^multipart\/related;/);
  assert.equal(parameter("type"), "application/rlmi+xml");
  const boundary = parameter("boundary");
  assert.ok(boundary.length <= 70);
  const [preamble, ...pieces] = `\r\n${body}`.split(`\r\n--${boundary}`);
  assert.equal(preamble, "");
  assert.equal(pieces.pop(), "--\r\n");
  const parts = new Map(
    pieces.map((piece) => {
      assert.ok(piece.startsWith("\r\n"));
      const end = piece.indexOf("\r\n\r\n");
      const head = piece.slice(2, end);
      assert.match(head, /^Content-Transfer-Encoding: binary$/m);
      const id = /^Content-ID: (<[^>]+>)\r?$/m.exec(head)?.[1] ?? assert.fail(`a part without Content-ID: ${head}`);
      return [id, { head, text: piece.slice(end + 4) }] as const;
    }),
  );
  assert.equal(parts.size, pieces.length, "two parts with one Content-ID");
  const [[firstId] = []] = [...parts];
  assert.equal(firstId, parameter("start"), "the root is first");
  const rlmi = parts.get(parameter("start"))?.text ?? "";
  const list = parseXml(rlmi);
  assert.equal(list.name, "list");
  const resources = elementsOf(list).map((resource) => resourceOf(resource, parts));
  const documents = resources.filter(({ document }) => document !== undefined);
  assert.equal(documents.length, parts.size - 1, "every part belongs to a member");
  return {
    version: Number(list.attributes?.["version"]),
    isFull: list.attributes?.["fullState"] === "true",
    uri: list.attributes?.["uri"] ?? "",
    resources,
    rlmi,
  };
}

function resourceOf(
  resource: XmlElement,
  parts: ReadonlyMap<string, { readonly text: string }>,
): ListNotify["resources"][number] {
  const instance = elementsOf(resource).find(({ name }) => name === "instance") ?? assert.fail("no instance");
  const { cid, state = "", reason = "" } = instance.attributes ?? {};
  const document = cid === undefined ? undefined : (parts.get(`<${cid}>`)?.text ?? assert.fail(`no part ${cid}`));
  return {
    uri: resource.attributes?.["uri"] ?? "",
    name: textOf(elementsOf(resource).find(({ name }) => name === "name")),
    state,
    reason,
    document,
  };
}

function textOf(element: XmlElement | undefined): string {
  return (element?.children ?? []).filter((child) => typeof child === "string").join("");
}

function elementsOf({ children = [] }: XmlElement): readonly XmlElement[] {
  return children.filter((child) => typeof child !== "string");
}

function parseXml(text: string): XmlElement {
  const read = readXml(Buffer.from(text, "latin1").toString("utf8"));
  return read.ok ? read.value : assert.fail(read.error);
}

/** What a phone makes of the NOTIFYs of a list: it flushes at a full one, and watches the numbers. */
export class ListPhone {
  /** URI → version and state of the dialog, or why there is none. */
  readonly keys = new Map<string, { readonly version: number; readonly shows: string }>();
  #version = -1;
  readonly #versions = new Map<string, number>();

  /** Takes one in; fails when a number goes back, or a part comes after a gap. */
  take(notify: ListNotify, mayGap = false): void {
    assert.ok(notify.version > this.#version, `list version ${notify.version} after ${this.#version}`);
    if (!notify.isFull && !mayGap) assert.equal(notify.version, this.#version + 1, "a part after a gap");
    this.#version = notify.version;
    if (notify.isFull) this.keys.clear();
    for (const { uri, state, reason, document } of notify.resources) {
      const version = Number(/ version="(\d+)"/.exec(document ?? "")?.[1] ?? Number.NaN);
      if (document !== undefined) {
        assert.ok(
          version > (this.#versions.get(uri) ?? -1),
          `version ${version} of ${uri} after ${this.#versions.get(uri) ?? -1}`,
        );
        this.#versions.set(uri, version);
        assert.ok(document.includes(` entity="${uri}"`), "the document is about its member");
      }
      this.keys.set(uri, { version, shows: /<state>([a-z]+)</.exec(document ?? "")?.[1] ?? `${state} ${reason}` });
    }
  }
}
