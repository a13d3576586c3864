/** Where a sender finds us: the console's own origin and the sender's path prefix. */
export interface SenderAddress {
  origin: string;
  path: string;
  secret: string;
}

/** The part of a Prometheus configuration that points it at us. */
export function prometheusSnippet({ origin, path, secret }: SenderAddress): string {
  const { protocol, host } = new URL(origin);
  return `alerting:
  alertmanagers:
    - scheme: ${protocol.replace(':', '')}
      path_prefix: ${path}
      authorization:
        type: Bearer
        credentials: ${secret}
      static_configs:
        - targets: ['${host}']
`;
}

/** The configuration file of amtool, `~/.config/amtool/config.yml`. */
export function amtoolSnippet({ origin, path, secret }: SenderAddress): string {
  const url = new URL(path, origin);
  url.username = 'pitwall';
  url.password = secret;
  return `alertmanager.url: ${url.href}
output: extended
`;
}
