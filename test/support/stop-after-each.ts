/** Something started by a test: a store, a server, or what is to be done in the end. */
type Started = { stop(): unknown } | { close(): unknown } | (() => unknown);

/** Hands back what it was given, to be stopped later. */
type Keep = <T extends Started>(started: T) => T;

/** For a suite: what its tests hand to the function given back is stopped after each of them, whatever happened, the last first. */
export function stopAfterEach(): Keep {
  return stopIn(afterEach);
}

/** For a suite: what it starts once, for all its tests. */
export function stopAfterAll(): Keep {
  return stopIn(after);
}

/** Stops all, the last first, also when one of them fails: what is left would trouble whoever comes next. Then fails as the first one did. */
export async function stopAll(all: readonly Started[]): Promise<void> {
  const failures: unknown[] = [];
  for (const started of [...all].reverse()) {
    try {
      await stop(started);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 0) return;
  const [first, ...others] = failures;
  for (const other of others) console.error("not stopped either:", other);
  throw first;
}

function stopIn(hook: (stop: () => Promise<void>) => void): Keep {
  const all: Started[] = [];
  hook(() => stopAll(all.splice(0)));
  return (started) => {
    all.push(started);
    return started;
  };
}

function stop(started: Started): unknown {
  if (typeof started === "function") return started();
  return "stop" in started ? started.stop() : started.close();
}
