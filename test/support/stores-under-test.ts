import { startRedis } from "./redis.ts";

/** The stores that whole-server tests run on: a started medium with its --store URL. */
export interface StoreUnderTest {
  readonly name: string;
  start(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }>;
}

export const STORES_UNDER_TEST: readonly StoreUnderTest[] = [
  { name: "embedded", start: () => Promise.resolve({ url: "embedded", stop: () => Promise.resolve() }) },
  {
    name: "redis",
    start: async () => {
      const redis = await startRedis();
      return { url: redis.url, stop: () => redis.stop() };
    },
  },
];
