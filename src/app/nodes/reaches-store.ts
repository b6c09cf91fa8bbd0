/** A node that reaches the store answers at once; one that does not knows it within a second. */
const ANSWER_MAX_MS = 1500;
/** A problem document is a fraction of it. */
const ANSWER_MAX_BYTES = 4096;

/**
 * Does one of these nodes say that it can use the store (`/readyz`)? Where the store keeps nothing new (its disk is full, for example) nobody can
 * take over.
 */
export async function anyReachesStore(urls: readonly string[]): Promise<boolean> {
  const yes = urls.map(async (url) => {
    if (!(await reachesStore(url))) throw new Error(`${url} does not reach the store`);
  });
  // The first one that does is enough; the slow ones are not waited for.
  return Promise.any(yes).then(
    () => true,
    () => false,
  );
}

async function reachesStore(url: string): Promise<boolean> {
  try {
    const answer = await fetch(new URL("/readyz", url), { signal: AbortSignal.timeout(ANSWER_MAX_MS), redirect: "error" });
    if (Number(answer.headers.get("content-length") ?? Infinity) > ANSWER_MAX_BYTES) {
      await answer.body?.cancel();
      return answer.status === 200;
    }
    const text = await answer.text();
    // A node that is being emptied is not ready for phones, and reaches the store all the same.
    return !text.includes('"unwritable"') && (answer.status === 200 || text.includes('"draining"'));
  } catch {
    return false;
  }
}
