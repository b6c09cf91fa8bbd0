import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

const worldAccess = [
  { name: "setTimeout", message: "Time goes through the Clock port (base/clock.ts)." },
  { name: "setInterval", message: "Time goes through the Clock port (base/clock.ts)." },
  { name: "setImmediate", message: "Time goes through the Clock port (base/clock.ts)." },
];
const worldProperties = [
  { object: "Date", property: "now", message: "Time goes through the Clock port (base/clock.ts)." },
  { object: "Math", property: "random", message: "Randomness goes through the Random port (base/random.ts)." },
];

export default tseslint.config(
  { ignores: ["dist*/**", "coverage/**", "data/**", "node_modules/**", "templates/panel/**", "**/*.cjs"] },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["*.mjs", ".*.mjs", "bin/*.mjs"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      complexity: ["error", 12],
      "max-depth": ["error", 3],
      "max-params": ["error", 5],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "no-restricted-globals": ["error", ...worldAccess],
      "no-restricted-properties": ["error", ...worldProperties],
      "no-restricted-imports": [
        "error",
        {
          paths: ["xmlbuilder2", "saxes"].map((name) => ({
            name,
            message: "XML has one door: base/xml (escaping is decided there).",
          })),
        },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/strict-boolean-expressions": [
        "error",
        { allowString: false, allowNumber: false, allowNullableObject: false },
      ],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["src/base/system-*.ts", "src/base/xml/**"],
    rules: { "no-restricted-globals": "off", "no-restricted-properties": "off", "no-restricted-imports": "off" },
  },
  {
    files: ["test/**"],
    rules: {
      "max-lines-per-function": "off",
      "no-restricted-imports": "off",
      // Peers, timeouts and real waiting are what the tests' own kit is made of.
      "no-restricted-globals": "off",
      "no-restricted-properties": "off",
      // Answers of the API are looked at as a stranger would: as JSON of any shape.
      "@typescript-eslint/no-explicit-any": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      complexity: "off",
      "@typescript-eslint/no-unused-expressions": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  { files: ["**/*.mjs"], ...tseslint.configs.disableTypeChecked },
  {
    files: ["**/*.mjs"],
    languageOptions: {
      globals: { process: "readonly", console: "readonly", setTimeout: "readonly", clearTimeout: "readonly", URL: "readonly" },
    },
    rules: {
      ...tseslint.configs.disableTypeChecked.rules,
      "no-restricted-globals": "off",
      "no-restricted-properties": "off",
      "max-lines-per-function": "off",
    },
  },
);
