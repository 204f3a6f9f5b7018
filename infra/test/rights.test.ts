import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Template } from 'aws-cdk-lib/assertions';

import { rights, synthesise } from './synth.ts';

const template: Template = synthesise();

function secret(action: string, name: string): string[] {
  return [`${action} on arn::secretsmanager:::secret:${name}`, `${action} on arn::secretsmanager:::secret:${name}-??????`];
}

function each(actions: string[], resource: string): string[] {
  return actions.map((action) => `${action} on ${resource}`);
}

const READ = 'secretsmanager:GetSecretValue';
const TABLE = [
  'dynamodb:BatchGetItem',
  'dynamodb:ConditionCheckItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:UpdateItem',
];

test('the webhook reads the signing secret and fills the queue, and sees neither the API key nor the table', () => {
  assert.deepEqual(
    rights(template, 'WebhookRole'),
    [
      ...each(['logs:CreateLogStream', 'logs:PutLogEvents'], '<WebhookLog>'),
      ...secret(READ, 'hcp-qbo-sync/*/webhook'),
      'sqs:SendMessage on <Work>',
    ].sort(),
  );
});

const LISTS = ['list1', 'list2', 'list3', 'list4'].map((name) => `dynamodb:Query on <Table>/index/${name}`);

const LIST_COMPANIES =
  'dynamodb:Query on <Table> if {"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["companies"]}}';

test('the webhook of QuickBooks reads what it is judged by and which companies there are, and fills the queue', () => {
  assert.deepEqual(
    rights(template, 'QboWebhookRole'),
    [
      ...each(['logs:CreateLogStream', 'logs:PutLogEvents'], '<QboWebhookLog>'),
      ...secret(READ, 'hcp-qbo-sync/qbo-webhook'),
      LIST_COMPANIES,
      'sqs:SendMessage on <Work>',
    ].sort(),
  );
});

test('the pull sees which companies there are and fills the queue, and knows no secret', () => {
  assert.deepEqual(
    rights(template, 'PullRole'),
    [
      ...each(['logs:CreateLogStream', 'logs:PutLogEvents'], '<PullLog>'),
      LIST_COMPANIES,
      'sqs:SendMessage on <Work>',
    ].sort(),
  );
});

const OF = (...leading: string[]) => ` if ${JSON.stringify({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': leading } })}`;

test('the office reads the table, writes what belongs to companies and people and the address of a channel, and reads no secret', () => {
  const writes = ['ConditionCheckItem', 'DeleteItem', 'PutItem', 'UpdateItem'].map((action) => `dynamodb:${action}`);
  assert.deepEqual(
    rights(template, 'OfficeRole'),
    [
      ...each(['logs:CreateLogStream', 'logs:PutLogEvents'], '<OfficeLog>'),
      ...each(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'], '<Table>'),
      ...LISTS,
      ...each(writes, `<Table>${OF('books#*', 'open-alerts', 'people', 'person#*', 'session#*')}`),
      `dynamodb:PutItem on <Table>${OF('books#*', 'companies')}`,
      ...each(['cognito-idp:AdminCreateUser', 'cognito-idp:AdminGetUser'], '<People>'),
      ...secret('secretsmanager:CreateSecret', 'hcp-qbo-sync/*/slack'),
      ...secret('secretsmanager:PutSecretValue', 'hcp-qbo-sync/*/slack'),
      'sqs:SendMessage on <Work>',
    ].sort(),
  );
});

test('a push by hand sees who may, enters what is to be done and fills the queue, and knows no secret', () => {
  assert.deepEqual(
    rights(template, 'PushRole'),
    [
      ...each(['logs:CreateLogStream', 'logs:PutLogEvents'], '<PushLog>'),
      `dynamodb:GetItem on <Table>${OF('companies', 'people', 'person#*', 'books#*')}`,
      ...each(['dynamodb:DeleteItem', 'dynamodb:PutItem'], `<Table>${OF('books#*', 'person#*')}`),
      'sqs:SendMessage on <Work>',
    ].sort(),
  );
});

test('whoever connects companies tries and keeps their keys, and writes what connecting changes', () => {
  const writes = ['ConditionCheckItem', 'DeleteItem', 'PutItem', 'UpdateItem'].map((action) => `dynamodb:${action}`);
  const reads = ['*/hcp', '*/webhook', '*/qbo', 'qbo-app', 'qbo-webhook'];
  const enters = ['*/hcp', '*/webhook', '*/qbo'];
  assert.deepEqual(
    rights(template, 'ConnectRole'),
    [
      ...each(['logs:CreateLogStream', 'logs:PutLogEvents'], '<ConnectLog>'),
      ...reads.flatMap((name) => secret(READ, `hcp-qbo-sync/${name}`)),
      ...enters.flatMap((name) => secret('secretsmanager:CreateSecret', `hcp-qbo-sync/${name}`)),
      ...enters.flatMap((name) => secret('secretsmanager:PutSecretValue', `hcp-qbo-sync/${name}`)),
      ...each(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'], '<Table>'),
      'dynamodb:Query on <Table>/index/due',
      ...each(writes, `<Table>${OF('books#*', 'companies', 'limits', 'open-alerts', 'realms', 'session#*')}`),
      'sqs:SendMessage on <Work>',
    ].sort(),
  );
});

test('the consumer works on queue and table, and may replace nothing but tokens of QuickBooks', () => {
  assert.deepEqual(
    rights(template, 'ConsumerRole'),
    [
      ...each(['logs:CreateLogStream', 'logs:PutLogEvents'], '<ConsumerLog>'),
      ...secret(READ, 'hcp-qbo-sync/*/hcp'),
      ...secret(READ, 'hcp-qbo-sync/*/qbo'),
      ...secret(READ, 'hcp-qbo-sync/qbo-app'),
      ...secret('secretsmanager:PutSecretValue', 'hcp-qbo-sync/*/qbo'),
      ...each(TABLE, '<Table>'),
      'dynamodb:Query on <Table>/index/due',
      ...LISTS,
      ...each(
        [
          'sqs:ChangeMessageVisibility',
          'sqs:DeleteMessage',
          'sqs:GetQueueAttributes',
          'sqs:ReceiveMessage',
          'sqs:SendMessage',
        ],
        '<Work>',
      ),
      'sqs:SendMessage on <DeadLetters>',
    ].sort(),
  );
});

test('the sweep reads the index of due work and fills the queue', () => {
  assert.deepEqual(
    rights(template, 'SweepRole'),
    [
      ...each(['logs:CreateLogStream', 'logs:PutLogEvents'], '<SweepLog>'),
      ...secret(READ, 'hcp-qbo-sync/*/hcp'),
      ...each(TABLE, '<Table>'),
      'dynamodb:Query on <Table>/index/due',
      'sqs:SendMessage on <Work>',
    ].sort(),
  );
});

const telling: Template = synthesise({ mailFrom: 'sync@example.com' });

test('whoever tells people reads alerts and people, writes what was told, and sends from one address', () => {
  const from = ' if {"StringEquals":{"ses:FromAddress":"sync@example.com"}}';
  assert.deepEqual(
    rights(telling, 'NotifyRole'),
    [
      ...each(['logs:CreateLogStream', 'logs:PutLogEvents'], '<NotifyLog>'),
      ...secret(READ, 'hcp-qbo-sync/*/slack'),
      `dynamodb:Query on <Table>${OF('companies', 'open-alerts')}`,
      `dynamodb:GetItem on <Table>${OF('people', 'told')}`,
      `dynamodb:BatchGetItem on <Table>${OF('books#*')}`,
      `dynamodb:PutItem on <Table>${OF('told')}`,
      `ses:SendEmail on arn::ses:::identity/sync@example.com${from}`,
      `ses:SendEmail on arn::ses:::identity/example.com${from}`,
    ].sort(),
  );
});

test('the schedules start the sweep, the pull and the telling of people, and nothing else', () => {
  assert.deepEqual(rights(template, 'ScheduleRole'), ['lambda:InvokeFunction on <Pull>', 'lambda:InvokeFunction on <Sweep>']);
  assert.deepEqual(rights(telling, 'ScheduleRole'), [
    'lambda:InvokeFunction on <Notify>',
    'lambda:InvokeFunction on <Pull>',
    'lambda:InvokeFunction on <Sweep>',
  ]);
});

test('no role has a managed policy, no action a wildcard, and a resource only where it names secrets', () => {
  for (const role of Object.values(template.findResources('AWS::IAM::Role'))) {
    assert.equal(role['Properties'].ManagedPolicyArns, undefined);
  }
  for (const id of Object.keys(template.findResources('AWS::IAM::Policy'))) {
    for (const right of rights(template, id)) {
      const [action = '', resource = ''] = right.split(/ on | if /);
      assert.ok(!action.includes('*'), right);
      if (/[*?]/.test(resource)) assert.match(resource, /^arn::secretsmanager:::secret:hcp-qbo-sync\//);
    }
  }
});
