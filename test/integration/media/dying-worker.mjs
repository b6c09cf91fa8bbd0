// A thread of media that comes up, opens one leg and dies at the next command: what becomes of those who wait is what is tested.
import { parentPort } from "node:worker_threads";

parentPort.on("message", (commands) => {
  for (const command of commands) {
    if (command.type !== "open") throw new Error("out of order");
    parentPort.postMessage({ type: "opened", leg: command.leg, port: 2 });
  }
});
parentPort.postMessage({ type: "ready" });
