import type Router from "@koa/router";
import type { Context } from "koa";
import { NO_MESSAGES } from "#domain/mailbox/message-counts";
import { mailboxBody } from "./mailbox-body.ts";
import { page } from "./paging.ts";
import { pathParameter } from "./path-parameter.ts";
import type { MailboxesPort } from "./ports.ts";
import { Problem } from "./problem.ts";
import { readJson } from "./read-json.ts";

const NAME_MAX_CHARACTERS = 250;

/** Mailboxes and the messages in them. */
export function addMailboxes(router: Router, base: string, mailboxes: MailboxesPort): void {
  router.get(`${base}/mailboxes`, (context) => {
    context.body = page(context, mailboxes.list());
  });
  router.get(`${base}/mailboxes/:mailbox`, (context) => {
    context.body = shown(mailboxName(context));
  });
  router.put(`${base}/mailboxes/:mailbox`, async (context) => {
    const mailbox = mailboxName(context);
    await mailboxes.put(mailbox, await readJson(context, mailboxBody));
    context.body = shown(mailbox);
  });
  router.delete(`${base}/mailboxes/:mailbox`, async (context) => {
    const mailbox = mailboxName(context);
    shown(mailbox);
    await mailboxes.clear(mailbox);
    // Without an account that has it, it is gone.
    context.body = mailboxes.get(mailbox) ?? { mailbox, ...NO_MESSAGES, source: "none", accounts: [] };
  });

  function shown(mailbox: string): object {
    const found = mailboxes.get(mailbox);
    if (found === undefined) throw new Problem(404, "No account has such a mailbox, and nobody says anything of it.");
    return found;
  }

  function mailboxName(context: Context): string {
    const text = pathParameter(context, "mailbox");
    const fits = text.length <= NAME_MAX_CHARACTERS && !/[\p{Cc}\p{Cs},]/u.test(text);
    const name = fits ? mailboxes.named(text) : undefined;
    if (name === undefined)
      throw new Problem(422, "A mailbox is written as 100@default, or 100: up to 250 characters without commas and controls.");
    return name;
  }
}
