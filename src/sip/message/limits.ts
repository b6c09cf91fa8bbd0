/** Limits of the scanner (presence.md §7.2). Bytes are characters of a binary string. */
export const MESSAGE_MAX_BYTES = 65_535;
export const HEADERS_MAX = 256;
/** RFC 4475 §3.1.1.7 sends long values on purpose; 8 kB holds them. */
export const HEADER_MAX_BYTES = 8192;
export const URI_MAX_BYTES = 1024;
export const URI_PARAMETERS_MAX = 64;
export const VIAS_MAX = 70;
/** Call-ID, tags, branch. */
export const TOKEN_MAX_BYTES = 256;
export const CSEQ_MAX = 2 ** 32 - 1;
