/** A node that reaches the store answers at once; one that does not knows it within a second. */
const ANSWER_MAX_MS = 1500;

/** Does one of these nodes say that it can use the store (`/readyz`)? */
export async function anyReachesStore(urls: readonly string[]): Promise<boolean> {
  const answers = await Promise.all(urls.map(reachesStore));
  return answers.includes(true);
}

async function reachesStore(url: string): Promise<boolean> {
  try {
    const answer = await fetch(new URL("/readyz", url), { signal: AbortSignal.timeout(ANSWER_MAX_MS), redirect: "error" });
    await answer.body?.cancel();
    return answer.status === 200;
  } catch {
    return false;
  }
}
