import type { ResourceDirectory } from "#sip/subscription/ports";

/** A directory whose resources are only watched. */
export const NO_HOLDINGS: Pick<ResourceDirectory, "appeared" | "hold" | "keep" | "release"> = {
  appeared: () => undefined,
  hold: () => Promise.resolve(undefined),
  keep: () => Promise.resolve(true),
  release: () => undefined,
};
