/** Who calls, to watchers that may not know it (P-4, RFC 3323 §4.1.1.3). */
export const ANONYMOUS = { uri: "sip:anonymous@anonymous.invalid", name: "Anonymous" } as const;
