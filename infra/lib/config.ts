import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib';
import type { Node } from 'constructs';

/** Everything that a deployment can choose. */
export interface Config {
  /** Name of the stack, and so of what it makes; two deployments in one account need two. */
  readonly stackName: string;
  /** Holds `<function>/bootstrap`, relative to `infra/`. */
  readonly functionsDir: string;
  readonly architecture: Architecture;
  /** MB of each function; the share of a CPU goes with it. */
  readonly memorySize: number;
  /** First part of the names of all secrets. */
  readonly secretPrefix: string;
  /** Keeps the table from being deleted, also with the stack. */
  readonly deletionProtection: boolean;
  readonly logRetentionDays: number;
  /** Of the consumer and the sweep. */
  readonly functionTimeout: Duration;
  /** How long a message stays hidden while it is worked on: six time-outs, as AWS advises. */
  readonly visibility: Duration;
  readonly messageRetention: Duration;
  /** Consumers at work at once, each with two jobs: QuickBooks takes ten calls at once. */
  readonly maximumConcurrency: number;
  /** Schedule expressions of the sweeps. */
  readonly sweeps: Readonly<Record<SweepName, string>>;
  readonly hcpBaseUrl: string;
  readonly qboBaseUrl: string;
  readonly qboTokenUrl: string;
  /** Seconds that a webhook's time may differ from ours. */
  readonly signatureTolerance: number;
  /** Seconds after which a call without an answer is settled by looking. */
  readonly settleAfter: number;
  readonly logLevel: string;
  /** Requests a second that the API lets through, and how many at once. */
  readonly throttle: { readonly rate: number; readonly burst: number };
  /** Told of every alarm. */
  readonly alarmEmail: string | undefined;
  /** Raises an alarm when no webhook came for a day. */
  readonly silenceAlarm: boolean;
  /** Raises an alarm when the oldest message is older. */
  readonly oldestMessage: Duration;
}

/** What a sweep looks for: work parked until now, and what no webhook told. */
export const SWEEPS = ['parked', 'paid', 'finished', 'sent'] as const;
export type SweepName = (typeof SWEEPS)[number];

const QBO_BASE_URL = {
  production: 'https://quickbooks.api.intuit.com',
  sandbox: 'https://sandbox-quickbooks.api.intuit.com',
};

/** Reads the context (`cdk -c name=value`, or `cdk.json`); refuses what it cannot understand. */
export function readConfig(node: Node): Config {
  const text = (name: string, otherwise: string): string => {
    const value: unknown = node.tryGetContext(name) ?? otherwise;
    if (typeof value !== 'string' || value === '') throw new Error(`context ${name}: expected text`);
    return value;
  };
  const whole = (name: string, otherwise: number, least: number, most: number): number => {
    const value = Number(node.tryGetContext(name) ?? otherwise);
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new Error(`context ${name}: expected a whole number from ${least} to ${most}`);
    }
    return value;
  };
  const flag = (name: string, otherwise: boolean): boolean => {
    const value = String(node.tryGetContext(name) ?? otherwise);
    return choice(name, value, { true: true, false: false });
  };

  const stackName = text('stackName', 'hcp-qbo-sync');
  return {
    stackName,
    functionsDir: text('functionsDir', '../target/lambda'),
    architecture: choice('architecture', text('architecture', 'arm64'), {
      arm64: Architecture.ARM_64,
      x86_64: Architecture.X86_64,
    }),
    memorySize: whole('memorySize', 256, 128, 10240),
    secretPrefix: text('secretPrefix', stackName),
    deletionProtection: flag('deletionProtection', true),
    logRetentionDays: whole('logRetentionDays', 30, 1, 3653),
    functionTimeout: Duration.seconds(whole('functionTimeoutSeconds', 30, 5, 900)),
    visibility: Duration.seconds(whole('visibilitySeconds', 180, 5, 43200)),
    messageRetention: Duration.days(whole('messageRetentionDays', 14, 1, 14)),
    maximumConcurrency: whole('maximumConcurrency', 5, 2, 5),
    sweeps: {
      parked: text('sweepParked', 'rate(1 minute)'),
      paid: text('sweepPaid', 'rate(15 minutes)'),
      // At night in the Americas, and apart from each other.
      finished: text('sweepFinished', 'cron(10 9 * * ? *)'),
      sent: text('sweepSent', 'cron(40 9 * * ? *)'),
    },
    hcpBaseUrl: text('hcpBaseUrl', 'https://api.housecallpro.com'),
    qboBaseUrl: text(
      'qboBaseUrl',
      choice('qboEnvironment', text('qboEnvironment', 'production'), QBO_BASE_URL),
    ),
    qboTokenUrl: text('qboTokenUrl', 'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer'),
    signatureTolerance: whole('signatureToleranceSeconds', 86_400, 60, 604_800),
    settleAfter: whole('settleAfterSeconds', 150, 1, 3600),
    logLevel: text('logLevel', 'info'),
    throttle: { rate: whole('throttleRate', 50, 1, 10_000), burst: whole('throttleBurst', 100, 1, 5000) },
    alarmEmail: node.tryGetContext('alarmEmail') === undefined ? undefined : text('alarmEmail', ''),
    silenceAlarm: flag('silenceAlarm', true),
    oldestMessage: Duration.seconds(whole('oldestMessageSeconds', 900, 60, 86_400)),
  };
}

function choice<T>(name: string, value: string, choices: Readonly<Record<string, T>>): T {
  const chosen = Object.entries(choices).find(([key]) => key === value);
  if (chosen === undefined) {
    throw new Error(`context ${name}: expected one of ${Object.keys(choices).join(', ')}`);
  }
  return chosen[1];
}
