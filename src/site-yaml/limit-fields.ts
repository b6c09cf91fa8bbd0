import { whole } from "./kinds.ts";

const COUNT_MAX = 100_000_000;
const CONTACTS_MAX = 1000;
/** With fewer, phones that start together would shut one another out. */
const OPEN_TRANSACTIONS_MIN = 1000;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;
/** What is smaller than this stops phones, not attackers. */
const HEADERS_MIN = 32;
const HEADER_MIN_BYTES = 1024;
const BODY_MIN_BYTES = 1024;

const count = (words: string, least = 1): ReturnType<typeof whole> => whole(words, least, COUNT_MAX);

/** Limits of the server that a site may move (design §9.16). Sources named with --trust are exempt from those per account and per source. */
export const LIMIT_FIELDS = {
  subscriptionsPerAccount: count("Lamps that one account may watch from one address; absent: 2000"),
  subscriptions: count("Lamps watched on one node; absent: 100000"),
  contactsPerAccount: whole("Addresses that one account may be registered at; absent: 10", 1, CONTACTS_MAX),
  openTransactions: count("SIP requests in work on one node; absent: 250000", OPEN_TRANSACTIONS_MIN),
  wrongPasswordsPerAccount: count(
    "Wrong passwords for one account from one address within the window, then it is shut out for a while; absent: 20",
  ),
  wrongPasswordsPerSource: count("The same for all accounts from one address; absent: 100"),
  wrongPasswordWindowSeconds: whole("Window in which wrong passwords are counted, in seconds; absent: 600", 10, HOUR_SECONDS),
  banSeconds: whole(
    "How long an address is shut out the first time, twice as long each further time; absent: 600",
    1,
    DAY_SECONDS,
  ),
  banMaxSeconds: whole("How long it is shut out at most, in seconds; absent: 2400", 1, DAY_SECONDS),
  unauthenticatedPerSecond: count("SIP requests a second from an address that has shown no password yet; absent: 5000"),
  unauthenticatedBurst: count("The same at once; absent: 20000"),
  publications: count("Publications (PUBLISH) in the store; absent: 100000"),
  publicationsPerAccount: count("Publications of one account; absent: 5000"),
  publicationsPerResource: whole("Publications for one extension, the oldest go; absent: 100", 1, 1000),
  publishedDevices: count("Devices that servers beside us may speak of; absent: 50000"),
  calls: count("Legs of calls on one node, two for a call; absent: 10000"),
  connections: count("Connections of one SIP listener by TCP, TLS or WebSocket; absent: 20000"),
  connectionsPerSource: count("The same from one address; absent: 50"),
  httpConnectionsPerSource: count("Connections of HTTP from one address; absent: 500"),
  idleSeconds: whole(
    "Seconds after which a connection is closed that brought no SIP message, or stands still (HTTP); absent: 120",
    1,
    3600,
  ),
  headers: whole("Headers of a SIP request; absent: 256", HEADERS_MIN, 256),
  headerBytes: whole("Bytes of one header; absent: 8192", HEADER_MIN_BYTES, 8192),
  headerSectionBytes: whole("Bytes of all headers of a SIP request; absent: 16384", HEADER_MIN_BYTES, 16_384),
  bodyBytes: whole("Bytes of the body of a SIP request; absent: 65536", BODY_MIN_BYTES, 65_536),
  xmlDepth: whole("How deep the elements of a published document are nested; absent: 32", 8, 100),
  xmlElements: whole("Elements of a published document; absent: 2000", 10, 20_000),
  xmlAttributes: whole("Attributes of one element; absent: 64", 8, 1000),
};
