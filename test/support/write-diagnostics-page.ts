import { writeFileSync } from "node:fs";
import { CODE_TEXTS } from "#domain/site/codes/explain";
import { diagnosticsPage, PAGE_PATH } from "./diagnostics-page.ts";

// `npm run diagnostics`
writeFileSync(PAGE_PATH, diagnosticsPage(CODE_TEXTS));
