/** What a person pastes to connect a first agent; exact, with the one value that only they have left open. */

export interface Addresses {
  /** OTLP over HTTP, without a path. */
  otlpHttp: string;
  otlpGrpc: string;
  /** Keys would go to the first unencrypted, though the console is reached over TLS. */
  otlpInClear: boolean;
}

const KEY_PLACEHOLDER = '<your API key>';

export interface Snippet {
  id: string;
  label: string;
  /** What has to be installed or called beside the variables. */
  note: string;
  blocks: readonly { name: string; text: string }[];
}

/** The variables every OpenTelemetry SDK reads (OpenTelemetry specification, "OTLP exporter"). */
export function environmentText(addresses: Addresses): string {
  return [
    `OTEL_EXPORTER_OTLP_ENDPOINT=${addresses.otlpHttp}`,
    'OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
    `OTEL_EXPORTER_OTLP_HEADERS=x-api-key=${KEY_PLACEHOLDER}`,
    'OTEL_SERVICE_NAME=my-agent',
    'OTEL_RESOURCE_ATTRIBUTES=service.namespace=my-team,deployment.environment.name=production',
  ].join('\n');
}

const AI_SDK = `import { OpenTelemetry } from '@ai-sdk/otel';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { registerTelemetry } from 'ai';

new NodeSDK().start(); // reads the OTEL_* variables
registerTelemetry(new OpenTelemetry({ agentSpanName: 'functionId' }));`;

const PYTHON = `pip install opentelemetry-distro opentelemetry-exporter-otlp-proto-http
opentelemetry-bootstrap -a install
opentelemetry-instrument python my_agent.py`;

function collector(addresses: Addresses): string {
  return `exporters:
  otlphttp/pitwall:
    endpoint: ${addresses.otlpHttp}
    headers:
      x-api-key: \${env:PITWALL_API_KEY}

service:
  pipelines:
    traces:
      receivers: [otlp]
      exporters: [otlphttp/pitwall]
    metrics:
      receivers: [otlp]
      exporters: [otlphttp/pitwall]`;
}

/** The three usual ways in. */
export function snippets(addresses: Addresses): readonly Snippet[] {
  const variables = { name: 'Environment', text: environmentText(addresses) };
  return [
    {
      id: 'ai-sdk',
      label: 'AI SDK',
      note: 'With ai, @ai-sdk/otel and @opentelemetry/sdk-node installed, before the first model call.',
      blocks: [variables, { name: 'instrumentation.ts', text: AI_SDK }],
    },
    {
      id: 'python',
      label: 'Python',
      note: 'Any instrumentation that writes gen_ai.* or OpenInference spans works.',
      blocks: [variables, { name: 'Shell', text: PYTHON }],
    },
    {
      id: 'collector',
      label: 'Collector',
      note: 'Where an OpenTelemetry Collector already receives the telemetry of your agents.',
      blocks: [{ name: 'collector.yaml', text: collector(addresses) }],
    },
  ];
}
