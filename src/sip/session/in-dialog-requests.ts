import type { Answer, ServerTransaction } from "#sip/transaction/user";
import type { LiveSession } from "./live-session.ts";
import { ALLOW } from "./limits.ts";

/** Longest Retry-After of a request that came out of order. */
const RETRY_SPREAD_SECONDS = 10;

/** Answers a request of theirs in a dialog of the session (RFC 3261 §12.2.2), or sees that its user does. */
export function answerInDialog(session: LiveSession, transaction: ServerTransaction): void {
  const { request, flow } = transaction;
  const dialog = session.dialogWith(request.from.tag ?? "");
  if (dialog === undefined) {
    transaction.respond({ status: 481 });
    return;
  }
  if (request.cseq.number <= dialog.remoteCSeq) {
    transaction.respond(later(session, "CSeq out of order"));
    return;
  }
  dialog.remoteCSeq = request.cseq.number;
  session.heardOn(flow);
  if (request.method === "BYE") bye(session, transaction);
  else if (session.phase === "over") transaction.respond({ status: 481 });
  else (METHODS[request.method] ?? notServed)(session, transaction);
}

type Handle = (session: LiveSession, transaction: ServerTransaction) => void;

const METHODS: Readonly<Record<string, Handle>> = {
  INVITE: (session, transaction) => {
    // Before the first one is done (RFC 3261 §14.2).
    if (session.isConfirmed) session.offers.receive(transaction);
    else transaction.respond(session.isCaller ? { status: 491 } : later(session));
  },
  UPDATE: (session, transaction) => {
    session.offers.receive(transaction);
  },
  PRACK: (session, transaction) => {
    session.prack(transaction);
  },
  OPTIONS: (session, transaction) => {
    transaction.respond({ status: 200, headers: [...session.answerHeaders(), ["Accept", "application/sdp"]] });
  },
  INFO: askUser,
};

/** Crossing our own BYE is no mistake of theirs (RFC 3261 §15.1.2). */
function bye(session: LiveSession, transaction: ServerTransaction): void {
  transaction.respond({ status: 200 });
  session.feed({ type: "bye", end: { type: "bye", by: "them", request: transaction.request } });
}

function askUser(session: LiveSession, transaction: ServerTransaction): void {
  const { request } = transaction;
  const answer = (given: Answer): void => {
    if (!transaction.isAnswered) transaction.respond(given);
  };
  session.teller.tell(
    (user) => {
      try {
        answer(user.onRequest?.(request) ?? notAllowed(request.method));
      } catch (error) {
        answer({ status: 500 });
        throw error;
      }
    },
    () => {
      answer({ status: 481 });
    },
  );
}

function notServed(_: LiveSession, transaction: ServerTransaction): void {
  transaction.respond(notAllowed(transaction.request.method));
}

function notAllowed(method: string): Answer {
  const allow = ALLOW.split(", ").filter((one) => one !== method);
  return { status: 405, headers: [["Allow", allow.join(", ")]] };
}

function later(session: LiveSession, reason?: string): Answer {
  const seconds = session.parts.random.below(RETRY_SPREAD_SECONDS + 1);
  return {
    status: 500,
    ...(reason === undefined ? {} : { reason }),
    headers: [["Retry-After", String(seconds)]],
  };
}
