// One check of a site in a process of its own; prints its verdict's counts, and the peak of its memory in KiB.
import { readSite } from "#app/site-reading/read-site";
import { siteReport } from "#domain/site/site-report";

const report = siteReport(await readSite(process.argv[2]));
console.log(JSON.stringify({ counts: report.counts, findings: report.diagnostics.length, unusable: report.unusable }));
console.log(process.resourceUsage().maxRSS);
process.exitCode = report.unusable === undefined && report.counts.stations === 10_000 ? 0 : 1;
