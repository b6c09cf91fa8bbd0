/** Where phones find us, told to someone who reached us under `origin`: the advertised host, by the same scheme and port (design §6). */
export function advertisedOrigin(origin: string, advertise: string | undefined): string {
  if (advertise === undefined || !URL.canParse(origin)) return origin;
  const url = new URL(origin);
  url.hostname = advertise.includes(":") ? `[${advertise}]` : advertise;
  return url.origin;
}
