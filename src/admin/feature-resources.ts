import type Router from "@koa/router";
import type { Context } from "koa";
import { featuresBody } from "./feature-body.ts";
import { pathParameter } from "./path-parameter.ts";
import type { FeaturesPort } from "./ports.ts";
import { Problem } from "./problem.ts";
import { readJson } from "./read-json.ts";

/** Do not disturb and forwards of an account. */
export function addFeatures(router: Router, base: string, features: FeaturesPort): void {
  const path = `${base}/accounts/:account/features`;
  router.get(path, (context) => {
    context.body = shown(context);
  });
  router.put(path, async (context) => {
    shown(context);
    await features.put(pathParameter(context, "account"), await readJson(context, featuresBody));
    context.body = shown(context);
  });

  function shown(context: Context): object {
    const found = features.get(pathParameter(context, "account"));
    if (found === undefined) throw new Problem(404, "There is no such account.");
    return found;
  }
}
