// The thread of media out of the sources: it is taught to read TypeScript first, since loaders do not reach into threads by themselves.
import { register } from "tsx/esm/api";

register();
await import("./media-worker.ts");
