import type Router from "@koa/router";
import { listDialplan, summarizeDialplan } from "#domain/site/dialplan-listing";
import { didYouMean } from "#domain/site/nearest";
import type { Site } from "#domain/site/site";
import { listingOf, page } from "./paging.ts";
import { Problem } from "./problem.ts";

/** Contexts of the dialplan in short, and one with all that is in it: what `dialplan show` prints. */
export function addDialplan(router: Router, base: string, site: () => Site): void {
  router.get(`${base}/dialplan`, (context) => {
    context.body = page(
      context,
      listingOf(summarizeDialplan(site()), (item) => item.context),
    );
  });
  router.get(`${base}/dialplan/:context`, (context) => {
    const name = context.params["context"] ?? "";
    const [listed] = listDialplan(site(), name);
    if (listed === undefined) {
      const names = summarizeDialplan(site()).map((item) => item.context);
      throw new Problem(404, `There is no context ${name}${didYouMean(name, names)}.`);
    }
    context.body = listed;
  });
}
