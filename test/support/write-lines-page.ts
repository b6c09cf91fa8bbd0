import { writeFileSync } from "node:fs";
import { LINES_PAGE_PATH, linesPage } from "./lines-page.ts";

// node --import tsx --conditions lamplighter-source test/support/write-lines-page.ts
writeFileSync(LINES_PAGE_PATH, linesPage());
