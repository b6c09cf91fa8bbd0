import type { Context } from "koa";

/** An answer of RFC 9457: what is wrong, and what to do. Thrown by resources, written by one middleware. */
export class Problem extends Error {
  readonly status: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    detail: string,
    fields: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.fields = fields;
    this.headers = headers;
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Sign in first",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  409: "Ambiguous",
  413: "Too large",
  415: "Unsupported type",
  422: "Cannot be used",
  429: "Too many tries",
  500: "Our mistake",
  503: "Not now",
};

/** Writes a problem as the answer. */
export function writeProblem(context: Context, problem: Problem): void {
  context.status = problem.status;
  context.set(problem.headers);
  context.set("Content-Type", "application/problem+json");
  context.body = JSON.stringify({
    type: "about:blank",
    title: TITLES[problem.status] ?? "Problem",
    status: problem.status,
    detail: problem.message,
    ...problem.fields,
  });
}
