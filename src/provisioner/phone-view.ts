import type { PhoneKey } from "#domain/site/site";

/** Everything that a phone's files say, as one value: equal views give equal bytes. */
export interface PhoneView {
  /** 12 lower-case digits. */
  readonly mac: string;
  readonly vendor: string;
  readonly model: string;
  readonly label: string;
  readonly registrations: readonly RegistrationView[];
  readonly keys: readonly PhoneKey[];
}

/** One account on a phone. */
export interface RegistrationView {
  readonly address: string;
  readonly authUser: string;
  readonly password: string;
  readonly label: string;
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly transport: "udp" | "tcp" | "tls";
    readonly expiresSeconds: number;
  };
}
