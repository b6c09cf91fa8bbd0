import assert from "node:assert/strict";
import { hostName, hostPort, nodeName, portRange, seconds } from "#cli/flag-values";

describe("values of flags", () => {
  const cases: [string, (text: string) => unknown, readonly string[], readonly string[]][] = [
    [
      "a host",
      hostName,
      ["pbx", "pbx.example", "192.0.2.1", "::1", "2001:db8::1"],
      ["", "a b", "a\r\nX: y", "pbx:5060", "[::1]", "-x", "ä"],
    ],
    ["a node", nodeName, ["a", "desk-1.example", "vm_2"], ["", "a b", "a/b", "a:b", "x".repeat(65)]],
    ["a range of ports", portRange, ["10000-20000", "1-65535"], ["", "xx", "5-1", "7-7", "0-5", "1-70000", "1"]],
    ["a time", seconds, ["1", "5", "3600"], ["0", "-1", "abc", "3601"]],
    ["a listener", hostPort, ["0.0.0.0:8080", "[::]:0"], ["foo", "1.2.3.4", "1.2.3.4:70000", "::1:80"]],
  ];
  for (const [what, read, right, wrong] of cases)
    it(what, () => {
      for (const text of right) assert.doesNotThrow(() => read(text), text);
      for (const text of wrong) assert.throws(() => read(text), /Give /, text);
    });
});
