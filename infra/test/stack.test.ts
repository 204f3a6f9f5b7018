import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { Annotations, Match } from 'aws-cdk-lib/assertions';

import { functionsDir, makeStack, one, render, synthesise } from './synth.ts';

const template = synthesise();
const alarms = () => Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);

test('the table is encrypted, recoverable, protected and forgets by its own clock', () => {
  template.hasResource('AWS::DynamoDB::Table', {
    DeletionPolicy: 'Retain',
    Properties: {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
      GlobalSecondaryIndexes: [
        {
          IndexName: 'due',
          KeySchema: [
            { AttributeName: 'due_shard', KeyType: 'HASH' },
            { AttributeName: 'due_at', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
        ...['list1', 'list2', 'list3', 'list4'].map((IndexName) => ({
          IndexName,
          KeySchema: [
            { AttributeName: `${IndexName}_in`, KeyType: 'HASH' },
            { AttributeName: `${IndexName}_at`, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        })),
      ],
      AttributeDefinitions: Match.arrayWith([
        { AttributeName: 'due_at', AttributeType: 'N' },
      ]),
    },
  });
});

test('a table that there is already gets its further indexes one by one', () => {
  const indexes = (listIndexes: number): string[] => {
    const table = one(synthesise({ listIndexes }), 'AWS::DynamoDB::Table');
    return (table['GlobalSecondaryIndexes'] as { IndexName: string }[]).map(({ IndexName }) => IndexName);
  };
  assert.deepEqual([0, 1, 2].map(indexes), [['due'], ['due', 'list1'], ['due', 'list1', 'list2']]);
});

test('the queue keeps order, waits out a run, keeps work for two weeks and sets poison apart', () => {
  const work = one(template, 'AWS::SQS::Queue', 'Work');
  assert.equal(work['QueueName'], 'hcp-qbo-sync-work.fifo');
  assert.equal(work['FifoQueue'], true);
  assert.equal(work['VisibilityTimeout'], 180);
  assert.equal(work['MessageRetentionPeriod'], 14 * 86_400);
  assert.equal(work['SqsManagedSseEnabled'], true);
  assert.equal((work['RedrivePolicy'] as { maxReceiveCount: number }).maxReceiveCount, 10);
  const dead = one(template, 'AWS::SQS::Queue', 'DeadLetters');
  assert.equal(dead['FifoQueue'], true);
  assert.equal(dead['MessageRetentionPeriod'], 14 * 86_400);
  assert.equal(dead['SqsManagedSseEnabled'], true);
  template.resourcePropertiesCountIs(
    'AWS::SQS::QueuePolicy',
    {
      PolicyDocument: Match.objectLike({
        Statement: [
          Match.objectLike({
            Effect: 'Deny',
            Action: 'sqs:*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ],
      }),
    },
    2,
  );
});

test('the consumer takes ten messages at a time and returns only those that failed', () => {
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    BatchSize: 10,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ScalingConfig: { MaximumConcurrency: 5 },
  });
});

test('each function gets the time it needs and only the variables that it reads', () => {
  const traits = (id: string) => {
    const made = one(template, 'AWS::Lambda::Function', id);
    return {
      runtime: made['Runtime'],
      architectures: made['Architectures'],
      memory: made['MemorySize'],
      timeout: made['Timeout'],
      tracing: made['TracingConfig'],
      variables: Object.keys((made['Environment'] as { Variables: object }).Variables).sort(),
    };
  };
  const common = { runtime: 'provided.al2023', architectures: ['arm64'], memory: 256, tracing: undefined };
  assert.deepEqual(traits('Webhook'), {
    ...common,
    timeout: 10,
    variables: ['QUEUE_URL', 'RUST_LOG', 'SECRET_PREFIX', 'SIGNATURE_TOLERANCE_SECONDS'],
  });
  const engine = [
    'HCP_BASE_URL',
    'QBO_BASE_URL',
    'QBO_TOKEN_URL',
    'QUEUE_URL',
    'RUST_LOG',
    'SECRET_PREFIX',
    'SETTLE_AFTER_SECONDS',
    'TABLE_NAME',
  ];
  assert.deepEqual(traits('Consumer'), {
    ...common,
    timeout: 30,
    variables: ['DEAD_LETTER_QUEUE_URL', ...engine],
  });
  assert.deepEqual(traits('Sweep'), { ...common, timeout: 30, variables: [...engine, 'WEBHOOK_FUNCTION'] });
  assert.deepEqual(traits('Pull'), { ...common, timeout: 30, variables: engine });
  assert.deepEqual(traits('Push'), { ...common, timeout: 30, variables: engine });
  const site = ['API_URL', 'OFFICE_URL', 'QBO_AUTHORIZE_URL', 'QBO_REVOKE_URL', 'SIGN_IN_CLIENT', 'SIGN_IN_URL', 'USER_POOL_ID'];
  for (const withPages of ['Office', 'Connect']) {
    assert.deepEqual(traits(withPages), { ...common, timeout: 30, variables: [...site, ...engine].sort() });
  }
  assert.deepEqual(traits('QboWebhook'), {
    ...common,
    timeout: 10,
    variables: ['QUEUE_URL', 'RUST_LOG', 'SECRET_PREFIX', 'TABLE_NAME'],
  });
});

test('a deployment speaks to production unless told otherwise', () => {
  const variables = (context: Record<string, unknown>) => {
    const consumer = one(synthesise(context), 'AWS::Lambda::Function', 'Consumer');
    return (consumer['Environment'] as { Variables: Record<string, string> }).Variables;
  };
  const production = variables({});
  assert.equal(production['HCP_BASE_URL'], 'https://api.housecallpro.com');
  assert.equal(production['QBO_BASE_URL'], 'https://quickbooks.api.intuit.com');
  assert.equal(production['QBO_TOKEN_URL'], 'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer');
  assert.equal(production['SETTLE_AFTER_SECONDS'], '150');
  assert.equal(
    variables({ qboEnvironment: 'sandbox' })['QBO_BASE_URL'],
    'https://sandbox-quickbooks.api.intuit.com',
  );
  assert.equal(variables({ qboBaseUrl: 'http://127.0.0.1:1' })['QBO_BASE_URL'], 'http://127.0.0.1:1');
});

test('a function that is packed already is sent as it is', () => {
  const packed = join(functionsDir, 'hcp-sweep', 'bootstrap.zip');
  writeFileSync(packed, 'packed');
  const { app } = makeStack();
  const { directory } = app.synth();
  rmSync(packed);
  const sent = readdirSync(directory).filter((name) => name.endsWith('.zip'));
  assert.deepEqual(sent.map((name) => readFileSync(join(directory, name), 'utf8')), ['packed']);
});

test('every log is kept for a month and then forgotten', () => {
  const logs = Object.values(template.findResources('AWS::Logs::LogGroup'));
  assert.equal(logs.length, 10);
  for (const log of logs) assert.equal(log['Properties'].RetentionInDays, 30);
});

test('one route of each system takes webhooks, throttled apart, and the log tells neither path nor body', () => {
  assert.deepEqual(routesOf('Api'), ['POST /hcp/{company}/{token} for anybody', 'POST /qbo for anybody']);
  template.hasResourceProperties('AWS::ApiGatewayV2::Integration', { PayloadFormatVersion: '2.0' });
  const stage = one(template, 'AWS::ApiGatewayV2::Stage', 'Stage');
  assert.deepEqual(stage['DefaultRouteSettings'], { ThrottlingBurstLimit: 100, ThrottlingRateLimit: 50 });
  assert.deepEqual(stage['RouteSettings'], { 'POST /qbo': { ThrottlingBurstLimit: 100, ThrottlingRateLimit: 50 } });
});

test('the office is an API of its own, for those who signed in for it, with a throttle of its own', () => {
  assert.deepEqual(routesOf('OfficeApi'), [
    'ANY /api/v1/{path+} for JWT with office/use',
    'POST /api/v1/companies/{company}/pushes for JWT with office/use',
    ...PAGES.map((page) => `${page} for anybody`),
  ]);
  const authorizer = one(template, 'AWS::ApiGatewayV2::Authorizer');
  const { Audience, Issuer } = authorizer['JwtConfiguration'] as { Audience: unknown[]; Issuer: unknown };
  assert.deepEqual(Audience.map(render), ['<PeopleCommandLine>']);
  assert.match(render(Issuer), /^https:\/\/cognito-idp\.\.\/<People>$/);
  assert.deepEqual(authorizer['IdentitySource'], ['$request.header.Authorization']);
  const stage = one(template, 'AWS::ApiGatewayV2::Stage', 'OfficeStage');
  const throttle = { ThrottlingBurstLimit: 40, ThrottlingRateLimit: 20 };
  assert.deepEqual(stage['DefaultRouteSettings'], throttle);
  const ofPages = { ThrottlingBurstLimit: 20, ThrottlingRateLimit: 5 };
  assert.deepEqual(stage['RouteSettings'], {
    'POST /api/v1/companies/{company}/pushes': throttle,
    ...Object.fromEntries(PAGES.map((page) => [page, ofPages])),
  });
});

/** What a browser may ask for without a token: sign-in, set-up and what is public. */
const PAGES = [
  'GET /',
  'GET /assets/{path+}',
  'GET /companies',
  'GET /sign-in',
  'GET /signed-in',
  'GET /signed-out',
  'GET /disconnected',
  'GET /licence',
  'GET /privacy',
  'GET /setup/{path+}',
  'GET /connect/{path+}',
  'POST /companies',
  'POST /sign-out',
  'POST /setup/{path+}',
  'POST /connect/{path+}',
];

test('the pages sign people in with a program that holds no secret, and they come back to the address of the office', () => {
  const pages = one(template, 'AWS::Cognito::UserPoolClient', 'PeoplePages');
  assert.equal(pages['GenerateSecret'], false);
  assert.deepEqual(pages['AllowedOAuthFlows'], ['code']);
  assert.deepEqual(pages['AllowedOAuthScopes'], ['openid']);
  assert.deepEqual((pages['CallbackURLs'] as unknown[]).map(render), ['https://<OfficeApi>.execute-api../signed-in']);
  const own = synthesise({ officeAddress: 'https://office.example.com' });
  const named = one(own, 'AWS::Cognito::UserPoolClient', 'PeoplePages');
  assert.deepEqual(named['CallbackURLs'], ['https://office.example.com/signed-in']);
  assert.deepEqual(named['LogoutURLs'], ['https://office.example.com/signed-out']);
  const connect = one(own, 'AWS::Lambda::Function', 'Connect');
  const { OFFICE_URL, QBO_AUTHORIZE_URL } = (connect['Environment'] as { Variables: Record<string, string> }).Variables;
  assert.equal(OFFICE_URL, 'https://office.example.com');
  assert.equal(QBO_AUTHORIZE_URL, 'https://appcenter.intuit.com/connect/oauth2');
});

/** The routes of an API, with who may use each. */
function routesOf(api: string): string[] {
  const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties);
  return routes
    .filter(({ ApiId }) => render(ApiId) === `<${api}>`)
    .map(({ RouteKey, AuthorizationType, AuthorizationScopes }) => {
      const who = AuthorizationType === 'NONE' ? 'anybody' : `${AuthorizationType} with ${String(AuthorizationScopes)}`;
      return `${RouteKey} for ${who}`;
    });
}

test('no log of an API tells a path or a body', () => {
  for (const { Properties } of Object.values(template.findResources('AWS::ApiGatewayV2::Stage'))) {
    const { Format } = Properties.AccessLogSettings as { Format: string };
    assert.deepEqual(Object.values(JSON.parse(Format) as object).sort(), [
      '$context.integrationErrorMessage',
      '$context.requestId',
      '$context.requestTime',
      '$context.responseLatency',
      '$context.responseLength',
      '$context.routeKey',
      '$context.status',
    ]);
  }
});

test('people are invited, have strong passwords, and sign in with a program that holds no secret', () => {
  const pool = one(template, 'AWS::Cognito::UserPool');
  assert.deepEqual(pool['UsernameAttributes'], ['email']);
  assert.equal((pool['AdminCreateUserConfig'] as { AllowAdminCreateUserOnly: boolean }).AllowAdminCreateUserOnly, true);
  assert.deepEqual((pool['Policies'] as { PasswordPolicy: object }).PasswordPolicy, {
    MinimumLength: 12,
    RequireLowercase: true,
    RequireNumbers: true,
    RequireSymbols: true,
    RequireUppercase: true,
    TemporaryPasswordValidityDays: 7,
  });
  assert.equal(pool['DeletionProtection'], 'ACTIVE');
  assert.equal(pool['MfaConfiguration'], 'OPTIONAL');
  assert.deepEqual(pool['EnabledMfas'], ['SOFTWARE_TOKEN_MFA']);
  assert.equal(one(synthesise({ secondFactor: 'required' }), 'AWS::Cognito::UserPool')['MfaConfiguration'], 'ON');
  const client = one(template, 'AWS::Cognito::UserPoolClient', 'PeopleCommandLine');
  assert.equal(client['GenerateSecret'], false);
  assert.deepEqual(client['AllowedOAuthFlows'], ['code']);
  assert.deepEqual(client['ExplicitAuthFlows'], ['ALLOW_REFRESH_TOKEN_AUTH']);
  assert.deepEqual(client['CallbackURLs'], ['http://localhost:8757/signed-in']);
  assert.deepEqual((client['AllowedOAuthScopes'] as unknown[]).map(render), ['openid', '<PeopleOffice>/use']);
});

test('each sweep has its schedule, and the pull', () => {
  const schedules = Object.values(template.findResources('AWS::Scheduler::Schedule')).map(
    ({ Properties }) => [Properties.Target.Input, Properties.ScheduleExpression],
  );
  assert.deepEqual(schedules, [
    ['{"sweep":"parked"}', 'rate(1 minute)'],
    ['{"sweep":"paid"}', 'rate(15 minutes)'],
    ['{"sweep":"finished"}', 'cron(10 9 * * ? *)'],
    ['{"sweep":"sent"}', 'cron(40 9 * * ? *)'],
    ['{}', 'rate(15 minutes)'],
  ]);
  template.allResourcesProperties('AWS::Scheduler::Schedule', {
    Target: Match.objectLike({ RetryPolicy: { MaximumRetryAttempts: 0 } }),
  });
});

test('people are told where there is an address that mails come from, and the deployment says when there is none', () => {
  const ids = (context: object) => Object.keys(synthesise({ ...context }).findResources('AWS::Lambda::Function'));
  const notify = (context: object) => ids(context).filter((id) => id.startsWith('Notify')).length;
  assert.deepEqual([notify({}), notify({ mailFrom: 'sync@example.com' })], [0, 1]);
  const said = (context: object) =>
    Annotations.fromStack(makeStack({ ...context }).stack).findInfo('*', Match.stringLikeRegexp('mailFrom')).length;
  assert.deepEqual([said({}), said({ mailFrom: 'sync@example.com' })], [1, 0]);

  const telling = synthesise({ mailFrom: 'sync@example.com', officeAddress: 'https://office.example.com/' });
  telling.hasResourceProperties('AWS::Lambda::Function', {
    Timeout: 60,
    Environment: {
      Variables: {
        MAIL_FROM: 'sync@example.com',
        OFFICE_ADDRESS: 'https://office.example.com',
        RUST_LOG: 'info',
        SECRET_PREFIX: 'hcp-qbo-sync',
        TABLE_NAME: Match.anyValue(),
      },
    },
  });
  telling.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(5 minutes)' });
  telling.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'hcp-qbo-sync-LettersFailing',
    Statistic: 'Maximum',
    Threshold: 0,
  });
  telling.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: 'hcp-qbo-sync-NotifyErrors' });
});

test('everything that a person has to hear of raises an alarm', () => {
  const sign: Record<string, string> = { GreaterThanThreshold: '>', LessThanOrEqualToThreshold: '<=' };
  const told = alarms().map((alarm) => {
    const of = (alarm.Dimensions as { Name: string; Value: unknown }[])
      .map(({ Name, Value }) => `${Name} ${render(Value)}`)
      .join();
    const over = `${alarm.Statistic} in ${alarm.EvaluationPeriods} x ${alarm.Period} s`;
    return `${alarm.AlarmName}: ${alarm.MetricName} of ${of}, ${over} ${sign[alarm.ComparisonOperator]} ${alarm.Threshold}`;
  });
  assert.deepEqual(told.sort(), [
    'hcp-qbo-sync-ApiErrors: 5xx of ApiId <Api>, Sum in 1 x 300 s > 0',
    'hcp-qbo-sync-ConnectErrors: Errors of FunctionName <Connect>, Sum in 1 x 300 s > 0',
    'hcp-qbo-sync-ConnectThrottles: Throttles of FunctionName <Connect>, Sum in 1 x 300 s > 0',
    'hcp-qbo-sync-ConsumerErrors: Errors of FunctionName <Consumer>, Sum in 1 x 300 s > 0',
    'hcp-qbo-sync-ConsumerThrottles: Throttles of FunctionName <Consumer>, Sum in 1 x 300 s > 0',
    'hcp-qbo-sync-DeadLetters: ApproximateNumberOfMessagesVisible of QueueName <DeadLetters>, Maximum in 1 x 300 s > 0',
    'hcp-qbo-sync-FurtherAlerts: FurtherAlerts of FunctionName <Sweep>, Maximum in 1 x 300 s > 0',
    'hcp-qbo-sync-LostConnections: LostConnections of FunctionName <Sweep>, Maximum in 1 x 300 s > 0',
    'hcp-qbo-sync-MeteredReads: MeteredReads of FunctionName <Sweep>, Maximum in 1 x 300 s > 400000',
    'hcp-qbo-sync-OfficeApiErrors: 5xx of ApiId <OfficeApi>, Sum in 1 x 300 s > 0',
    'hcp-qbo-sync-OfficeErrors: Errors of FunctionName <Office>, Sum in 1 x 300 s > 0',
    'hcp-qbo-sync-OfficeThrottles: Throttles of FunctionName <Office>, Sum in 1 x 300 s > 0',
    'hcp-qbo-sync-OldestMessage: ApproximateAgeOfOldestMessage of QueueName <Work>, Maximum in 1 x 300 s > 900',
    'hcp-qbo-sync-OldestUnsynced: OldestUnsynced of FunctionName <Sweep>, Minimum in 1 x 300 s > 1800',
    'hcp-qbo-sync-OpenAlerts: OpenAlerts of FunctionName <Sweep>, Maximum in 1 x 300 s > 0',
    'hcp-qbo-sync-PullErrors: Errors of FunctionName <Pull>, Sum in 1 x 300 s > 0',
    'hcp-qbo-sync-PullThrottles: Throttles of FunctionName <Pull>, Sum in 1 x 300 s > 0',
    'hcp-qbo-sync-PushErrors: Errors of FunctionName <Push>, Sum in 1 x 300 s > 0',
    'hcp-qbo-sync-PushThrottles: Throttles of FunctionName <Push>, Sum in 1 x 300 s > 0',
    'hcp-qbo-sync-QboWebhookErrors: Errors of FunctionName <QboWebhook>, Sum in 1 x 300 s > 0',
    'hcp-qbo-sync-QboWebhookRefused: WebhookRefused of FunctionName <QboWebhook>, Sum in 1 x 300 s > 5',
    'hcp-qbo-sync-QboWebhookThrottles: Throttles of FunctionName <QboWebhook>, Sum in 1 x 300 s > 0',
    'hcp-qbo-sync-SilentCompanies: SilentCompanies of FunctionName <Sweep>, Maximum in 1 x 300 s > 0',
    'hcp-qbo-sync-SweepErrors: Errors of FunctionName <Sweep>, Sum in 1 x 300 s > 0',
    'hcp-qbo-sync-SweepSilence: Invocations of FunctionName <Sweep>, Sum in 3 x 300 s <= 0',
    'hcp-qbo-sync-SweepThrottles: Throttles of FunctionName <Sweep>, Sum in 1 x 300 s > 0',
    'hcp-qbo-sync-WebhookErrors: Errors of FunctionName <Webhook>, Sum in 1 x 300 s > 0',
    'hcp-qbo-sync-WebhookRefused: WebhookRefused of FunctionName <Webhook>, Sum in 1 x 300 s > 5',
    'hcp-qbo-sync-WebhookSilence: WebhookAccepted of FunctionName <Webhook>, Sum in 1 x 86400 s <= 0',
    'hcp-qbo-sync-WebhookThrottles: Throttles of FunctionName <Webhook>, Sum in 1 x 300 s > 0',
  ]);
});

test('an alarm tells both its turns, and none is raised by there being no data yet', () => {
  for (const alarm of alarms()) {
    const name = String(alarm.AlarmName).replace('hcp-qbo-sync-', '');
    assert.equal(alarm.AlarmActions.length, 1);
    assert.deepEqual(alarm.OKActions, name === 'FurtherAlerts' ? undefined : alarm.AlarmActions, name);
    const isLackOfData = name === 'SweepSilence';
    assert.equal(alarm.TreatMissingData, isLackOfData ? 'missing' : 'notBreaching', name);
    assert.deepEqual(alarm.InsufficientDataActions, isLackOfData ? alarm.AlarmActions : undefined, name);
  }
});

test('the alarms name nobody', () => {
  for (const alarm of alarms()) {
    assert.deepEqual(
      (alarm.Dimensions as { Name: string }[]).map(({ Name }) => Name).filter((name) => !/^(FunctionName|QueueName|ApiId)$/.test(name)),
      [],
    );
  }
});

test('alarms go to an encrypted topic, and by e-mail where one is given', () => {
  template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
  template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: Match.objectLike({
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ]),
    }),
  });
  template.resourceCountIs('AWS::SNS::Subscription', 0);
  synthesise({ alarmEmail: 'ops@example.com' }).hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'email',
    Endpoint: 'ops@example.com',
  });
});

test('a deployment for trying out can be taken down whole', () => {
  synthesise({ deletionProtection: 'false' }).hasResource('AWS::DynamoDB::Table', {
    DeletionPolicy: 'Delete',
    Properties: { DeletionProtectionEnabled: false },
  });
});

test('the outputs name what an operator needs', () => {
  const outputs = Object.keys(template.findOutputs('*'));
  for (const name of [
    'ApiUrl',
    'QboWebhookUrl',
    'TableName',
    'QueueUrl',
    'DeadLetterQueueUrl',
    'SecretPrefix',
    'HcpBaseUrl',
    'QboBaseUrl',
    'QboTokenUrl',
    'WebhookFunction',
    'ConsumerFunction',
    'SweepFunction',
    'QboWebhookFunction',
    'PullFunction',
    'OfficeFunction',
    'PushFunction',
    'ConnectFunction',
    'QboRedirectUri',
    'OfficeUrl',
    'UserPoolId',
    'SignInUrl',
    'SignInClient',
    'SignInScope',
    'SignInAnswersTo',
  ]) {
    assert.ok(outputs.includes(name), name);
  }
});

for (const [name, ...values] of [
  ['architecture', 'sparc'],
  ['qboEnvironment', 'staging'],
  ['deletionProtection', 'maybe'],
  ['maximumConcurrency', '1', '', '0x10', '5 '],
  ['settleAfterSeconds', '2.5', '-1'],
  ['alarmEmail', '', 'me', 'me@example', 'a b@example.com'],
  ['mailFrom', '', 'me', 'me@example', 'a b@example.com', 'a@b@example.com', '*@example.com'],
  ['officeAddress', 'http://office.example.com', 'office.example.com'],
  ['notify', 'rate(1 minutes)'],
  ['stackName', '', 'with space', '1st', 'under_score', 'a*', 'a'.repeat(61)],
  ['signInPrefix', '', 'Prefix', '-a', 'a-', 'my-aws-sync', 'a'.repeat(51)],
  ['secondFactor', 'sms'],
  ['officeThrottleRate', '0'],
  ['pageThrottleRate', '0'],
  ['signInUrl', 'http://sign-in.example.com'],
  ['qboAuthorizeUrl', 'http://appcenter.intuit.com'],
  ['qboRevokeUrl', 'developer.api.intuit.com'],
  ['secretPrefix', '', '*', 'prod/*', 'a?', '/a', 'a/', 'a//b', 'a b', 'a'.repeat(201)],
  ['logRetentionDays', '45', '0', '4000'],
  ['functionTimeoutSeconds', '10', '901'],
  ['visibilitySeconds', '10', '29', '43201'],
  ['logLevel', 'loud', 'info,', 'sync=loud'],
  ['hcpBaseUrl', 'http://api.housecallpro.com', 'api.housecallpro.com', 'http://127.0.0.1.example', 'https://a?b=c', 'ftp://localhost'],
  ['qboBaseUrl', 'http://10.0.0.1', 'https://user@qbo.example'],
  ['qboTokenUrl', 'http://oauth.platform.intuit.com', 'https://'],
  ['pullPayments', 'hourly', 'rate(1 hours)'],
  [
    'sweepParked',
    'every minute',
    'rate(1 minutes)',
    'rate(2 minute)',
    'rate(0 minutes)',
    'rate(5 seconds)',
    'at(2026-01-01T00:00:00)',
    'cron(* * * * *)',
    'cron(0 9 * * * *)',
    'cron(0 9 ? * ? *)',
    'cron(60 9 * * ? *)',
    'cron(0 24 * * ? *)',
    'cron(0 9 32 * ? *)',
    'cron(0 9 * 13 ? *)',
    'cron(0 9 ? * 8 *)',
    'cron(0 9 * * ? 1969)',
    'cron(0/0 9 * * ? *)',
    'cron(0 9 * * ? *',
  ],
] as const) {
  for (const value of values) {
    test(`a context value that makes no sense is refused by name: ${name}=${value.slice(0, 40)}`, () => {
      assert.throws(() => synthesise({ [name]: value }), new RegExp(`context ${name}: expected`));
    });
  }
}

test('a context value that nothing asks for is refused: it may be mistyped', () => {
  assert.throws(() => synthesise({ alarmEmial: 'ops@example.com' }), /context alarmEmial: there is no such value/);
});

for (const [name, value] of [
  ['sweepParked', 'rate(1 minute)'],
  ['sweepPaid', 'rate(2 hours)'],
  ['pullPayments', 'rate(1 hour)'],
  ['sweepSent', 'cron(0/15 8-17 ? JAN,MAR-DEC MON-FRI 2026-2199)'],
  ['sweepSent', 'cron(0 9 L * ? *)'],
  ['sweepSent', 'cron(0 9 15W * ? *)'],
  ['sweepFinished', 'cron(*/10 9 ? * 6#3 *)'],
  ['visibilitySeconds', '30'],
  ['visibilitySeconds', 30],
  ['logRetentionDays', '3653'],
  ['secretPrefix', 'prod/hcp+qbo@a=b.c_d'],
  ['logLevel', 'warn,sync=info'],
  ['hcpBaseUrl', 'http://localhost:8080/'],
  ['qboTokenUrl', 'http://[::1]:8080/oauth2/v1/tokens/bearer'],
] as const) {
  test(`a context value that makes sense is taken: ${name}=${value}`, () => {
    synthesise({ [name]: value });
  });
}

test('functions that were not built are named', () => {
  assert.throws(() => makeStack({ functionsDir: 'nowhere' }), /nowhere\/hcp-webhook is missing: build the functions first/);
});
