const PREFIX = "Publish:";

/**
 * The device that stands for what is published for an extension itself (design §9.15). An account speaks of the hint of one context, a
 * trusted source of the hints of that name in every context (`context` undefined).
 */
export function publishedDevice(extension: string, context?: string): string {
  return context === undefined ? `${PREFIX}${extension}` : `${PREFIX}${extension}@${context}`;
}

/** Names by which something may be published for this hint. */
export function publishedDevicesOf({
  extension,
  context,
}: {
  readonly extension: string;
  readonly context: string;
}): readonly string[] {
  return [publishedDevice(extension), publishedDevice(extension, context)];
}

/** The hint names behind such a device, the more general reading last; undefined for any other device. */
export function publishedName(
  device: string,
): { readonly everywhere: string; readonly one?: { readonly extension: string; readonly context: string } } | undefined {
  if (!device.startsWith(PREFIX)) return undefined;
  const everywhere = device.slice(PREFIX.length);
  const at = everywhere.lastIndexOf("@");
  if (at === -1) return { everywhere };
  return { everywhere, one: { extension: everywhere.slice(0, at), context: everywhere.slice(at + 1) } };
}
