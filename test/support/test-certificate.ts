import { selfSigned } from "#app/self-signed";
import { systemRandom } from "#base/system-random";
import type { TlsIdentity } from "#sip/transport/listener";

const pair = selfSigned(["localhost", "127.0.0.1", "::1"], Date.now(), systemRandom);

/** A certificate for this machine, PEM; one for all tests of a process. */
export async function testCertificate(): Promise<{ readonly cert: string; readonly key: string }> {
  return pair;
}

/** The same, as listeners want it. */
export async function testIdentity(): Promise<TlsIdentity> {
  const { cert, key } = await pair;
  return { serverOptions: () => ({ cert, key, minVersion: "TLSv1.2" }), follow: () => async () => Promise.resolve() };
}
