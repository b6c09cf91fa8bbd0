// A thread of media that tells, as the port of each leg, how many messages it has had.
import { parentPort } from "node:worker_threads";

let messages = 0;
parentPort.on("message", (commands) => {
  messages += 1;
  for (const { type, leg } of commands) {
    if (type === "open") parentPort.postMessage({ type: "opened", leg, port: messages });
    else if (type === "stop") parentPort.close();
  }
});
parentPort.postMessage({ type: "ready" });
