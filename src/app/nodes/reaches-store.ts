/** A node that reaches the store answers at once; one that does not knows it within a second. */
const ANSWER_MAX_MS = 1500;
/** A problem document is a fraction of it. */
const ANSWER_MAX_BYTES = 4096;

/** Does one of these nodes say that it can use the store (`/readyz`)? */
export async function anyReachesStore(urls: readonly string[]): Promise<boolean> {
  const answers = await Promise.all(urls.map(reachesStore));
  return answers.includes(true);
}

async function reachesStore(url: string): Promise<boolean> {
  try {
    const answer = await fetch(new URL("/readyz", url), { signal: AbortSignal.timeout(ANSWER_MAX_MS), redirect: "error" });
    if (answer.status === 200 || Number(answer.headers.get("content-length") ?? Infinity) > ANSWER_MAX_BYTES) {
      await answer.body?.cancel();
      return answer.status === 200;
    }
    // A node that is being emptied is not ready for phones, and reaches the store all the same.
    return (await answer.text()).includes('"draining"');
  } catch {
    return false;
  }
}
