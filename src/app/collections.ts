/** Collections of the store that this product uses; documented in ARCHITECTURE.md. */
export const COLLECTIONS = {
  /** device name → its stored slots. */
  device: "device",
  /** account name → its bindings. */
  binding: "binding",
  /** event package, newline, resource → its publications. */
  publication: "publication",
  /** device name → what servers beside us say of it in their publications. */
  published: "published",
  /** mailbox → counts of its messages that the API wrote. */
  mailbox: "mailbox",
  /** account → do not disturb and forwards. */
  feature: "feature",
  /** shared line → what phones have seized of it. */
  line: "line",
  /** leg of a call → what all nodes know of it. */
  leg: "leg",
  /** trunk → the call that is on it, and who has keys pressed. */
  trunk: "trunk",
  /** our tag → SubscriptionRecord. */
  subscription: "subscription",
  /** account name → generated SIP secret. */
  secret: "secret",
  /** MAC → secret of its provisioning address. */
  phone: "phone",
  /** name → server keys shared by all nodes. */
  key: "key",
  /** node name → where it is; with its lease. */
  node: "node",
  /** [node that had it, subscription] → version that its record has with the new node; the first one reads and removes it. */
  handover: "handover",
  /** [node, account] → ids of subscriptions whose device is with that node now; it takes them and removes this. */
  offer: "offer",
  /** account → nothing; with the lease of the node that keeps its registration with a provider. */
  registration: "registration",
} as const;
