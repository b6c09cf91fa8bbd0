import { aggregate } from "#domain/lamp/aggregate";
import type { DeviceDialog, DeviceState } from "#domain/lamp/device-state";
import type { SlotReport } from "#domain/lamp/slots";

/** What a document says of one resource: its dialogs, or its presence tuples. Plain JSON. */
export interface PublishedDocument {
  readonly parts: readonly PublishedPart[];
}

/** One dialog or tuple, by its id within the publisher. One that ended stays as what it is: idle. */
export interface PublishedPart {
  readonly id: string;
  readonly state: DeviceState;
  readonly dialog?: DeviceDialog;
}

/** A document that was read, and whom it says it is about. */
export interface ReadDocument {
  /** URI as written; undefined = not said. */
  readonly entity: string | undefined;
  readonly document: PublishedDocument;
}

/** A document without the parts that somebody said something newer of; undefined when nothing is left of it. The same object when it has none of them. */
export function withoutParts(document: PublishedDocument, newer: PublishedDocument): PublishedDocument | undefined {
  const ids = new Set(newer.parts.map(({ id }) => id));
  const parts = document.parts.filter(({ id }) => !ids.has(id));
  if (parts.length === document.parts.length) return document;
  return parts.length === 0 ? undefined : { parts };
}

/** What a document says of its device; undefined when it says nothing any more. */
export function documentReport({ parts }: PublishedDocument, cause: string, expiresAt: number): SlotReport | undefined {
  if (parts.length === 0) return undefined;
  const dialogs = parts.flatMap(({ dialog }) => dialog ?? []);
  const state = aggregate(parts.map((part) => part.state));
  return { state, cause, expiresAt, ...(dialogs.length === 0 ? {} : { dialogs }) };
}
