import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib';
import type { Node } from 'constructs';

import { Context, refuse } from './context.ts';
import { LIST_INDEXES } from './links-table.ts';

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
  /** Indexes of lists that the table has. DynamoDB adds one at a time to a table that there is already. */
  readonly listIndexes: number;
  readonly logRetentionDays: number;
  /** Of the consumer and the sweep. */
  readonly functionTimeout: Duration;
  /** How long a message stays hidden while it is worked on: six time-outs, as AWS advises, and never less than one. */
  readonly visibility: Duration;
  readonly messageRetention: Duration;
  /** Consumers at work at once, each with two jobs: QuickBooks takes ten calls at once. */
  readonly maximumConcurrency: number;
  /** Schedule expressions of the sweeps. */
  readonly sweeps: Readonly<Record<SweepName, string>>;
  /** Schedule expression of the look at what people changed in QuickBooks. */
  readonly pullPayments: string;
  readonly hcpBaseUrl: string;
  readonly qboBaseUrl: string;
  readonly qboTokenUrl: string;
  /** Intuit's page on which people connect QuickBooks, and where that is ended. */
  readonly qboAuthorizeUrl: string;
  readonly qboRevokeUrl: string;
  /** The pages of the sign-in, where they are not Cognito's own. */
  readonly signInUrl: string | undefined;
  /** Seconds that a webhook's time may differ from ours. */
  readonly signatureTolerance: number;
  /** Seconds after which a call without an answer is settled by looking. */
  readonly settleAfter: number;
  readonly logLevel: string;
  /** Requests a second that each route of the API lets through, and how many at once. */
  readonly throttle: { readonly rate: number; readonly burst: number };
  /** The same of the API of people, all of its routes together. */
  readonly officeThrottle: { readonly rate: number; readonly burst: number };
  /** The same of each page on which people sign in and set their company up. */
  readonly pageThrottle: { readonly rate: number; readonly burst: number };
  /** First part of the address of the page where people sign in; the account's number follows it. */
  readonly signInPrefix: string;
  /** Whether people may or must enter a code of an app when they sign in. */
  readonly secondFactor: SecondFactor;
  /** The address that mails to people come from; without one, people are told nothing by mail or in Slack. */
  readonly mailFrom: string | undefined;
  /** The office's own address, where it has one: letters link to it, and the pages take it for theirs. */
  readonly officeAddress: string | undefined;
  /** Schedule expression of telling people. */
  readonly notify: string;
  /** Told of every alarm. */
  readonly alarmEmail: string | undefined;
  /** Raises an alarm when no webhook came for a day. */
  readonly silenceAlarm: boolean;
  /** Reads of QuickBooks that Intuit allows the app in a month; an alarm is raised at four fifths of them. */
  readonly monthlyReads: number;
  /** Raises an alarm when the oldest message is older. */
  readonly oldestMessage: Duration;
  /** Raises an alarm when a change in Housecall Pro waits for longer. */
  readonly oldestChange: Duration;
}

export type SecondFactor = 'optional' | 'required';

/** What a sweep looks for: work parked until now, and what no webhook told. */
export const SWEEPS = ['parked', 'paid', 'finished', 'sent'] as const;
export type SweepName = (typeof SWEEPS)[number];

const QBO_BASE_URL = {
  production: 'https://quickbooks.api.intuit.com',
  sandbox: 'https://sandbox-quickbooks.api.intuit.com',
};

const MAIL_ADDRESS = /^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;
const SECRET_NAME = /^[A-Za-z0-9_+=.@-]+(\/[A-Za-z0-9_+=.@-]+)*$/;
// Cognito takes no other, nor a name of AWS's in it.
const SIGN_IN_PREFIX = /^(?!.*(aws|amazon|cognito))[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const LOG_LEVEL = /^([a-z_:]+=)?(off|error|warn|info|debug|trace)(,([a-z_:]+=)?(off|error|warn|info|debug|trace))*$/;

/** Reads the context; refuses what it cannot understand, and what AWS would refuse. */
export function readConfig(node: Node): Config {
  const context = new Context(node);
  const named = (name: string, otherwise: string, most: number, form: RegExp, expected: string): string => {
    const value = context.text(name, otherwise, form, expected);
    if (value.length > most) refuse(name, `at most ${most} characters`);
    return value;
  };

  // The names of the queues hold it, and have 80 characters at most.
  const stackName = named('stackName', 'hcp-qbo-sync', 60, /^[A-Za-z][A-Za-z0-9-]*$/, 'letters, digits and hyphens');
  const functionTimeout = context.whole('functionTimeoutSeconds', 30, 20, 900);
  const visibility = context.whole('visibilitySeconds', 180, 20, 43_200);
  if (visibility < functionTimeout) {
    refuse('visibilitySeconds', `at least functionTimeoutSeconds (${functionTimeout}): else a message comes back while it is worked on`);
  }
  const qboBaseUrl = context.choice('qboEnvironment', 'production', QBO_BASE_URL);
  const config = {
    stackName,
    functionsDir: context.text('functionsDir', '../target/lambda'),
    architecture: context.choice('architecture', 'arm64', {
      arm64: Architecture.ARM_64,
      x86_64: Architecture.X86_64,
    }),
    memorySize: context.whole('memorySize', 256, 128, 10_240),
    // A wildcard in it would open the secrets of others to the functions.
    secretPrefix: named('secretPrefix', stackName, 200, SECRET_NAME, 'letters, digits and /_+=.@- as in the name of a secret'),
    deletionProtection: context.flag('deletionProtection', true),
    listIndexes: context.whole('listIndexes', LIST_INDEXES.length, 0, LIST_INDEXES.length),
    logRetentionDays: context.logRetention('logRetentionDays', 30),
    functionTimeout: Duration.seconds(functionTimeout),
    visibility: Duration.seconds(visibility),
    messageRetention: Duration.days(context.whole('messageRetentionDays', 14, 1, 14)),
    maximumConcurrency: context.whole('maximumConcurrency', 5, 2, 5),
    sweeps: {
      parked: context.schedule('sweepParked', 'rate(1 minute)'),
      paid: context.schedule('sweepPaid', 'rate(15 minutes)'),
      // At night in the Americas, and apart from each other.
      finished: context.schedule('sweepFinished', 'cron(10 9 * * ? *)'),
      sent: context.schedule('sweepSent', 'cron(40 9 * * ? *)'),
    },
    pullPayments: context.schedule('pullPayments', 'rate(15 minutes)'),
    hcpBaseUrl: context.address('hcpBaseUrl', 'https://api.housecallpro.com'),
    qboBaseUrl: context.address('qboBaseUrl', qboBaseUrl),
    qboTokenUrl: context.address('qboTokenUrl', 'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer'),
    qboAuthorizeUrl: context.address('qboAuthorizeUrl', 'https://appcenter.intuit.com/connect/oauth2'),
    qboRevokeUrl: context.address('qboRevokeUrl', 'https://developer.api.intuit.com/v2/oauth2/tokens/revoke'),
    signInUrl: context.optionalAddress('signInUrl'),
    signatureTolerance: context.whole('signatureToleranceSeconds', 86_400, 60, 604_800),
    settleAfter: context.whole('settleAfterSeconds', 150, 1, 3600),
    logLevel: context.text('logLevel', 'info', LOG_LEVEL, 'error, warn or info, also for a part: warn,sync=info'),
    throttle: {
      rate: context.whole('throttleRate', 50, 1, 10_000),
      burst: context.whole('throttleBurst', 100, 1, 5000),
    },
    officeThrottle: {
      rate: context.whole('officeThrottleRate', 20, 1, 10_000),
      burst: context.whole('officeThrottleBurst', 40, 1, 5000),
    },
    pageThrottle: {
      rate: context.whole('pageThrottleRate', 5, 1, 10_000),
      burst: context.whole('pageThrottleBurst', 20, 1, 5000),
    },
    signInPrefix: named('signInPrefix', stackName.toLowerCase(), 50, SIGN_IN_PREFIX, 'small letters, digits and hyphens, without aws, amazon or cognito in it'),
    secondFactor: context.choice<SecondFactor>('secondFactor', 'optional', { optional: 'optional', required: 'required' }),
    mailFrom: context.optional('mailFrom', MAIL_ADDRESS, 'an e-mail address'),
    officeAddress: context.optionalAddress('officeAddress'),
    notify: context.schedule('notify', 'rate(5 minutes)'),
    alarmEmail: context.optional('alarmEmail', /^[^@\s]+@[^@\s]+\.[^@\s]+$/, 'an e-mail address'),
    silenceAlarm: context.flag('silenceAlarm', true),
    monthlyReads: context.whole('monthlyReads', 500_000, 1000, 1_000_000_000),
    oldestMessage: Duration.seconds(context.whole('oldestMessageSeconds', 900, 60, 86_400)),
    oldestChange: Duration.seconds(context.whole('oldestChangeSeconds', 1800, 60, 604_800)),
  };
  context.refuseUnknown();
  return config;
}
