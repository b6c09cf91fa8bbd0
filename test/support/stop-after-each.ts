/** Something started by a test: a store, a server. */
type Started = { stop(): unknown } | { close(): unknown };

/** For a suite: what its tests hand to the function given back is stopped after each of them, whatever happened, the last first. */
export function stopAfterEach(): <T extends Started>(started: T) => T {
  const all: Started[] = [];
  afterEach(async () => {
    for (const started of all.splice(0).reverse()) await ("stop" in started ? started.stop() : started.close());
  });
  return (started) => {
    all.push(started);
    return started;
  };
}
