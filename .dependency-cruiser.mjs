// Who may import whom. Each rule carries a sentence for whoever breaks it; the map is ARCHITECTURE.md.

/** Folders of src and what each may import besides itself and base (npm packages are free unless a rule says otherwise). */
const MAY_IMPORT = {
  base: [],
  domain: [],
  store: [],
  media: [],
  sip: [],
  calls: ["sip/session", "sip/message", "sip/transaction/user", "media"],
  asterisk: ["domain/site", "domain/dialplan", "domain/tone"],
  "site-yaml": ["domain/site", "domain/dialplan", "domain/tone", "domain/lamp"],
  sources: ["domain/lamp", "domain/site", "store"],
  "event-packages": ["sip/subscription", "sip/message", "domain"],
  provisioner: ["domain/site", "store"],
  observe: ["domain", "store"],
  admin: ["domain", "store"],
  sim: ["sip", "event-packages", "app/compose"],
  cli: ["app", "asterisk", "site-yaml", "domain", "sim"],
};

const folderRules = Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
  name: `${folder}-imports`,
  severity: "error",
  comment: `src/${folder} may import itself, base${allowed.map((name) => `, ${name}`).join("")}. What two folders share moves down; what joins them lives in src/app.`,
  from: { path: `^src/${folder}/` },
  to: { path: "^src/", pathNot: [folder, "base", ...allowed].map((name) => `^src/${name}(/|[.]ts$)`) },
}));

const SIP_LAYERS = ["message", "transport", "guard", "transaction", "dialog", "auth", "locate"];
const SIP_USERS = ["registrar", "subscription", "publication", "session", "unsolicited", "registration"];

const sipUserRules = SIP_USERS.map((folder) => ({
  name: `sip-${folder}-knows-no-sibling`,
  severity: "error",
  comment: `sip/${folder} stands on the core of SIP and never knows ${SIP_USERS.filter((name) => name !== folder).join(", ")}: each must be deletable alone.`,
  from: { path: `^src/sip/${folder}/` },
  to: { path: SIP_USERS.filter((name) => name !== folder).map((name) => `^src/sip/${name}/`) },
}));

const sipLayerRules = SIP_LAYERS.map((folder, at) => ({
  name: `sip-${folder}-looks-down`,
  severity: "error",
  comment: `SIP layers go message -> transport -> guard -> transaction -> dialog, auth -> locate -> users; sip/${folder} may not import what stands above it.`,
  from: { path: `^src/sip/${folder}/` },
  to: {
    path: [...SIP_LAYERS.slice(at + 1).filter((name) => !(folder === "dialog" && name === "auth")), ...SIP_USERS].map(
      (name) => `^src/sip/${name}/`,
    ),
  },
}));

export default {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      comment: "Files that import each other cannot be read or tested apart: move what they share into a third file below both.",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    ...folderRules,
    ...sipUserRules,
    ...sipLayerRules,
    {
      name: "domain-is-pure",
      severity: "error",
      comment:
        "src/domain decides and does nothing: no npm package, no node module, no clock, no randomness. Pass values in; return effects.",
      from: { path: "^src/domain/" },
      to: { pathNot: ["^src/domain/", "^src/base/"] },
    },
    {
      name: "one-xml-door",
      severity: "error",
      comment: "Only base/xml imports xmlbuilder2 and saxes: escaping and limits are decided there once.",
      from: { path: "^src/", pathNot: "^src/base/xml/" },
      to: { path: "node_modules/(xmlbuilder2|saxes)/" },
    },
    {
      name: "app-is-on-top",
      severity: "error",
      comment: "Only main, cli and sim may see src/app; everything else is given what it needs through a port that app fills.",
      from: { path: "^src/", pathNot: "^src/(app|cli|sim)/|^src/main[.]ts$" },
      to: { path: "^src/app/" },
    },
    {
      name: "src-knows-no-test",
      severity: "error",
      comment: "The product does not import its tests.",
      from: { path: "^src/" },
      to: { path: "^test/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["lamplighter-source", "import", "node", "default"],
      extensions: [".ts", ".js", ".mjs"],
    },
  },
};
