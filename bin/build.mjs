// `npm run build`: installs and builds if needed.
import { prepare } from "./prepare.mjs";

await prepare();
