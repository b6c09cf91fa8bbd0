import type { Flow } from "#sip/transport/flow";
import type { Listener, ListenerParts } from "#sip/transport/listener";
import { TRANSPORTS, type Openers } from "#sip/transport/transports";
import type { Network, Socket } from "./network.ts";
import type { SimProcess } from "./sim-process.ts";

/** Told of each datagram that a process sends, before it goes. */
export type SendListener = (text: string) => void;

/** UDP over the network of the simulation; the other transports are not opened. */
export function simOpeners(network: Network, process: SimProcess, onSend: SendListener): Openers {
  return { ...TRANSPORTS, udp: (parts) => Promise.resolve(openSimUdp(parts, { network, process, onSend })) };
}

interface Outside {
  readonly network: Network;
  readonly process: SimProcess;
  readonly onSend: SendListener;
}

function openSimUdp(parts: ListenerParts, outside: Outside): Listener {
  const { network, process } = outside;
  const { name, host, port } = parts;
  const address = `${host}:${port}`;
  const flows = new Map<string, Flow>();
  const flowTo = (remote: string): Flow => {
    const known = flows.get(remote);
    if (known !== undefined) return known;
    const flow = new SimFlow(name, address, remote, outside);
    flows.set(remote, flow);
    return flow;
  };
  const socket: Socket = (text, from) => {
    process.reach(() => {
      parts.onMessage(text, flowTo(from));
    });
  };
  network.bind(address, socket);
  return {
    ...{ name, port, transport: "udp", connections: 0 },
    find: (record) => flowTo(`${record.host}:${record.port}`),
    stop: () => {
      network.unbind(address, socket);
      return Promise.resolve();
    },
  };
}

/** The pair of two addresses. */
class SimFlow implements Flow {
  readonly transport = "udp";
  readonly reliable = false;
  readonly closed = false;
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly sentBy: string;
  readonly key: string;
  readonly #remote: string;
  readonly #outside: Outside;

  constructor(listener: string, local: string, remote: string, outside: Outside) {
    const [host = "", port = ""] = remote.split(":");
    this.remoteHost = host;
    this.remotePort = Number(port);
    this.sentBy = local;
    this.key = `${listener} ${remote}`;
    this.#remote = remote;
    this.#outside = outside;
  }

  send(message: string): boolean {
    const { network, process, onSend } = this.#outside;
    if (!process.mayAct()) return true;
    onSend(message);
    network.send(this.sentBy, this.#remote, message);
    return true;
  }
}
