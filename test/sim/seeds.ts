/** Seeds that have found something once: they are always run. What was found is said beside each. */
export const KEPT_SEEDS: readonly number[] = [
  // Ended while its node was silent, missed in the store, and written anew for good.
  4,
  // A grant that was refused because the answer of the store got lost left its record.
  33,
  // Numbers that were reserved while a subscription ended brought its record back.
  213,
  // A node that died between taking a dialog and saying so: two spoke.
  23,
  // Writes that failed were counted: the node that had the dialog took the word of its loss for a late one.
  278,
  // A node that was alone spoke on when another one had begun to take over.
  31,
  // A node that had taken over from all others, and was cut off then, asked nobody whether they reach the store.
  343,
  // A node whose clock was set back while it was frozen took its lease for a running one.
  37,
  // Nodes that died before they told of what they had taken.
  161, 200,
];
