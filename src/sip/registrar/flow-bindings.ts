import type { FlowRecord } from "#sip/transport/flow";
import type { Binding } from "./binding.ts";

/**
 * Which AORs have bindings that live and die with a connection: those of outbound (RFC 5626 §6, R-12), and those over WebSocket, whose
 * contacts lead nowhere else (RFC 7118 §5). Any other device is expected to come back before its binding ends.
 */
export class FlowBindings {
  readonly #aors = new Map<string, Set<string>>();

  note(aor: string, flow: FlowRecord): void {
    const aors = this.#aors.get(flow.key) ?? new Set();
    aors.add(aor);
    this.#aors.set(flow.key, aors);
  }

  /** The AORs of a connection that is gone; they are forgotten. */
  take(flowKey: string): readonly string[] {
    const aors = [...(this.#aors.get(flowKey) ?? [])];
    this.#aors.delete(flowKey);
    return aors;
  }
}

/** Is this binding good for nothing without its connection? */
export function livesWithFlow({ flow, regId, instance, path }: Pick<Binding, "flow" | "regId" | "instance" | "path">): boolean {
  // Behind a proxy the connection is the proxy's.
  if (flow.transport === "udp" || path.length > 0) return false;
  return flow.transport === "ws" || flow.transport === "wss" || (regId !== undefined && instance !== undefined);
}
