// `npm start [-- flags]`: the server. Everything after the first two words goes to `lamplighter serve`.
process.argv.splice(2, 0, "serve");
await import("./lamplighter.mjs");
