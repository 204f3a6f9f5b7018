import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, EventSourceMapping, Function, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

import { acknowledge } from './acknowledge.ts';
import type { Config } from './config.ts';
import { DUE_INDEX, LIST_INDEXES } from './links-table.ts';
import type { SignIn } from './sign-in.ts';
import type { WorkQueue } from './work-queue.ts';

export interface Functions {
  readonly webhook: Function;
  readonly qboWebhook: Function;
  readonly consumer: Function;
  readonly sweep: Function;
  readonly pull: Function;
  readonly office: Function;
  readonly push: Function;
  readonly connect: Function;
  /** Only where there is an address that mails come from. */
  readonly notify: Function | undefined;
}

/** The secrets of a company: API key, what webhooks are judged by, tokens, the address of its channel in Slack. */
type CompanySecret = 'hcp' | 'webhook' | 'qbo' | 'slack';
/** Those of the QuickBooks app: its keys, and what its webhooks are judged by. */
const APP_SECRETS = ['qbo-app', 'qbo-webhook'] as const;
type AppSecret = (typeof APP_SECRETS)[number];
type SecretKind = CompanySecret | AppSecret;

const READ_TABLE = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];
const WRITE_TABLE = [
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:ConditionCheckItem',
];

/** Where what is deployed is found. */
interface Addresses {
  /** Of the API and the pages of people. */
  readonly office: string;
  /** Of the webhooks' API. */
  readonly webhooks: string;
}

/** One function for each kind of trigger, each with no more rights than its work needs. */
export function functions(
  scope: Construct,
  config: Config,
  table: Table,
  queue: WorkQueue,
  { pool: people, domain, pages }: SignIn,
  addresses: Addresses,
): Functions {
  const webhook = bareFunction(scope, 'Webhook', 'hcp-webhook', config, {
    timeout: Duration.seconds(10),
    environment: {
      QUEUE_URL: queue.work.queueUrl,
      SECRET_PREFIX: config.secretPrefix,
      SIGNATURE_TOLERANCE_SECONDS: String(config.signatureTolerance),
    },
    secrets: ['webhook'],
    rights: [allow(['sqs:SendMessage'], [queue.work.queueArn])],
  });

  const listCompanies = allow(['dynamodb:Query'], [table.tableArn], {
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['companies'] },
  });
  const qboWebhook = bareFunction(scope, 'QboWebhook', 'qbo-webhook', config, {
    timeout: Duration.seconds(10),
    environment: {
      TABLE_NAME: table.tableName,
      QUEUE_URL: queue.work.queueUrl,
      SECRET_PREFIX: config.secretPrefix,
    },
    secrets: ['qbo-webhook'],
    rights: [listCompanies, allow(['sqs:SendMessage'], [queue.work.queueArn])],
  });

  // The engine speaks to both systems, so whatever runs it has to know where they are.
  const engine = {
    TABLE_NAME: table.tableName,
    QUEUE_URL: queue.work.queueUrl,
    SECRET_PREFIX: config.secretPrefix,
    HCP_BASE_URL: config.hcpBaseUrl,
    QBO_BASE_URL: config.qboBaseUrl,
    QBO_TOKEN_URL: config.qboTokenUrl,
    SETTLE_AFTER_SECONDS: String(config.settleAfter),
  };
  const lists = LIST_INDEXES.map((name) => `${table.tableArn}/index/${name}`);
  const consumer = bareFunction(scope, 'Consumer', 'sync-consumer', config, {
    timeout: config.functionTimeout,
    environment: { ...engine, DEAD_LETTER_QUEUE_URL: queue.deadLetters.queueUrl },
    secrets: ['hcp', 'qbo', 'qbo-app'],
    renewed: ['qbo'],
    rights: [
      allow([...READ_TABLE, ...WRITE_TABLE], [table.tableArn]),
      // A job that is pushed by hand is looked up by its number.
      allow(['dynamodb:Query'], lists),
      // When an outage ends, it puts back what waited.
      allow(['dynamodb:Query'], [`${table.tableArn}/index/${DUE_INDEX}`]),
      allow(
        ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'],
        [queue.work.queueArn],
      ),
      allow(['sqs:SendMessage'], [queue.work.queueArn, queue.deadLetters.queueArn]),
    ],
  });
  new EventSourceMapping(consumer, 'Work', {
    target: consumer,
    eventSourceArn: queue.work.queueArn,
    batchSize: 10,
    reportBatchItemFailures: true,
    maxConcurrency: config.maximumConcurrency,
  });

  const sweep = bareFunction(scope, 'Sweep', 'hcp-sweep', config, {
    timeout: config.functionTimeout,
    environment: { ...engine, WEBHOOK_FUNCTION: webhook.functionName },
    secrets: ['hcp'],
    rights: [
      allow([...READ_TABLE, ...WRITE_TABLE], [table.tableArn]),
      allow(['dynamodb:Query'], [`${table.tableArn}/index/${DUE_INDEX}`]),
      allow(['sqs:SendMessage'], [queue.work.queueArn]),
    ],
  });

  const pull = bareFunction(scope, 'Pull', 'payment-pull', config, {
    timeout: config.functionTimeout,
    environment: engine,
    secrets: [],
    rights: [listCompanies, allow(['sqs:SendMessage'], [queue.work.queueArn])],
  });

  const site = {
    API_URL: addresses.webhooks,
    OFFICE_URL: addresses.office,
    SIGN_IN_URL: config.signInUrl ?? domain.baseUrl(),
    SIGN_IN_CLIENT: pages.userPoolClientId,
    USER_POOL_ID: people.userPoolId,
    QBO_AUTHORIZE_URL: config.qboAuthorizeUrl,
    QBO_REVOKE_URL: config.qboRevokeUrl,
  };
  // Neither of them reads a secret, though the office enters the address of a channel: what takes asking one of the two systems is ordered from the consumer.
  const office = bareFunction(scope, 'Office', 'office', config, {
    timeout: config.functionTimeout,
    environment: { ...engine, ...site },
    secrets: [],
    entered: ['slack'],
    rights: [
      allow(READ_TABLE, [table.tableArn]),
      allow(['dynamodb:Query'], lists),
      allow(WRITE_TABLE, [table.tableArn], ofCompanies(['books#*', 'open-alerts', 'people', 'person#*', 'session#*'])),
      // A company is paused there, with an entry in its log, and never removed.
      allow(['dynamodb:PutItem'], [table.tableArn], ofCompanies(['books#*', 'companies'])),
      allow(['sqs:SendMessage'], [queue.work.queueArn]),
      allow(['cognito-idp:AdminCreateUser', 'cognito-idp:AdminGetUser'], [people.userPoolArn]),
    ],
  });
  const push = bareFunction(scope, 'Push', 'manual-push', config, {
    timeout: config.functionTimeout,
    environment: engine,
    secrets: [],
    rights: [
      allow(['dynamodb:GetItem'], [table.tableArn], ofCompanies(['companies', 'people', 'person#*', 'books#*'])),
      allow(['dynamodb:PutItem', 'dynamodb:DeleteItem'], [table.tableArn], ofCompanies(['books#*', 'person#*'])),
      allow(['sqs:SendMessage'], [queue.work.queueArn]),
    ],
  });

  // The only one that takes keys from people: it tries them, so it reads them too.
  const connect = bareFunction(scope, 'Connect', 'connect', config, {
    timeout: config.functionTimeout,
    environment: { ...engine, ...site },
    secrets: ['hcp', 'webhook', 'qbo', 'qbo-app', 'qbo-webhook'],
    entered: ['hcp', 'webhook', 'qbo'],
    rights: [
      allow(READ_TABLE, [table.tableArn]),
      // What waited goes on at once.
      allow(['dynamodb:Query'], [`${table.tableArn}/index/${DUE_INDEX}`]),
      allow(WRITE_TABLE, [table.tableArn], ofCompanies(['books#*', 'companies', 'limits', 'open-alerts', 'realms', 'session#*'])),
      allow(['sqs:SendMessage'], [queue.work.queueArn]),
    ],
  });

  const notify = config.mailFrom === undefined ? undefined : teller(scope, config, table, config.mailFrom);
  return { webhook, qboWebhook, consumer, sweep, pull, office, push, connect, notify };
}

/** Tells people by mail and in Slack. It reads alerts and people, writes what it told, and sends from one address only. */
function teller(scope: Construct, config: Config, table: Table, mailFrom: string): Function {
  const { partition, region, account } = Stack.of(scope);
  const identity = (name: string) => `arn:${partition}:ses:${region}:${account}:identity/${name}`;
  const [, domain = ''] = mailFrom.split('@');
  const office = config.officeAddress === undefined ? {} : { OFFICE_ADDRESS: config.officeAddress };
  return bareFunction(scope, 'Notify', 'notify', config, {
    // Shorter than the five minutes for which a letter belongs to the run that began to send it.
    timeout: Duration.minutes(1),
    environment: { TABLE_NAME: table.tableName, SECRET_PREFIX: config.secretPrefix, MAIL_FROM: mailFrom, ...office },
    secrets: ['slack'],
    rights: [
      allow(['dynamodb:Query'], [table.tableArn], ofCompanies(['companies', 'open-alerts'])),
      allow(['dynamodb:GetItem'], [table.tableArn], ofCompanies(['people', 'told'])),
      // An alert whose words an earlier version did not note with it.
      allow(['dynamodb:BatchGetItem'], [table.tableArn], ofCompanies(['books#*'])),
      allow(['dynamodb:PutItem'], [table.tableArn], ofCompanies(['told'])),
      // Whichever of the two is verified.
      allow(['ses:SendEmail'], [identity(mailFrom), identity(domain)], { StringEquals: { 'ses:FromAddress': mailFrom } }),
    ],
  });
}

/** Only records whose partition begins so. */
function ofCompanies(leading: string[]): Record<string, object> {
  return { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': leading } };
}

interface Traits {
  readonly timeout: Duration;
  readonly environment: Record<string, string>;
  /** Secrets that it may read. */
  readonly secrets: readonly SecretKind[];
  /** Those of them that it may replace. */
  readonly renewed?: readonly SecretKind[];
  /** Secrets that it may make and replace; it reads those that are among the others too. */
  readonly entered?: readonly SecretKind[];
  readonly rights: readonly PolicyStatement[];
}

function bareFunction(scope: Construct, id: string, binary: string, config: Config, traits: Traits): Function {
  const logGroup = new LogGroup(scope, `${id}Log`, {
    retention: config.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  // A role of our own: the managed policy that CDK would attach may write to every log group.
  const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  role.addToPolicy(allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]));
  if (traits.secrets.length > 0) {
    role.addToPolicy(secretRights(scope, config, 'secretsmanager:GetSecretValue', traits.secrets));
  }
  if (traits.renewed !== undefined) {
    role.addToPolicy(secretRights(scope, config, 'secretsmanager:PutSecretValue', traits.renewed));
  }
  if (traits.entered !== undefined) {
    for (const action of ['secretsmanager:CreateSecret', 'secretsmanager:PutSecretValue']) {
      role.addToPolicy(secretRights(scope, config, action, traits.entered));
    }
  }
  for (const right of traits.rights) role.addToPolicy(right);
  acknowledge(role, {
    IAM5: {
      findings: [...traits.secrets, ...(traits.entered ?? [])].flatMap((kind) => secretArns('<AWS::Partition>', '<AWS::Region>', '<AWS::AccountId>', config, kind))
        .filter((arn) => arn.includes('*'))
        .map((arn) => `Resource::${arn}`),
      reason: 'Companies are connected after the deployment, so their ids are unknown here; prefix and kind are fixed.',
    },
  });
  return new Function(scope, id, {
    code: code(join(config.functionsDir, binary)),
    handler: 'bootstrap',
    runtime: Runtime.PROVIDED_AL2023,
    architecture: config.architecture,
    memorySize: config.memorySize,
    timeout: traits.timeout,
    tracing: Tracing.DISABLED,
    environment: { ...traits.environment, RUST_LOG: config.logLevel },
    logGroup,
    role,
  });
}

/** What was built: packed already, or a folder with `bootstrap` in it. */
function code(folder: string): Code {
  const packed = join(folder, 'bootstrap.zip');
  if (existsSync(packed)) return Code.fromAsset(packed);
  if (!existsSync(folder)) throw new Error(`${folder} is missing: build the functions first (make build-lambda)`);
  return Code.fromAsset(folder);
}

function allow(actions: string[], resources: string[], conditions: Record<string, object> = {}): PolicyStatement {
  return new PolicyStatement({ actions, resources, conditions });
}

/** Reading, and for those that are renewed here also writing, of secrets. */
function secretRights(scope: Construct, config: Config, action: string, kinds: readonly SecretKind[]): PolicyStatement {
  const { partition, region, account } = Stack.of(scope);
  return allow([action], kinds.flatMap((kind) => secretArns(partition, region, account, config, kind)));
}

/**
 * A secret's ARN ends with six random characters. Without the plain form beside it, asking for a
 * secret that does not exist would be answered *access denied* instead of *not found*.
 */
function secretArns(partition: string, region: string, account: string, config: Config, kind: SecretKind): string[] {
  const isOfApp = APP_SECRETS.some((name) => name === kind);
  const name = isOfApp ? `${config.secretPrefix}/${kind}` : `${config.secretPrefix}/*/${kind}`;
  const arn = `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}`;
  return [arn, `${arn}-??????`];
}
