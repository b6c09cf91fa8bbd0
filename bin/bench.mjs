// `npm run bench [-- flags]`: the figures of BENCHMARKS.md.
process.argv.splice(2, 0, "bench");
await import("./lamplighter.mjs");
