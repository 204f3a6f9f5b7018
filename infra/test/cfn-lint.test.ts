import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { type App, CfnResource } from 'aws-cdk-lib';

import { makeStack } from './synth.ts';

const VENV = join(import.meta.dirname, '../../.venv/bin');
const CFN_LINT = join(VENV, 'cfn-lint');

// CDK writes dependencies that CloudFormation would see by itself.
const IGNORED = 'W3005';

/** What CloudFormation would refuse, or what is likely to be a mistake in a template. */
function lint(app: App): string {
  assert.ok(existsSync(CFN_LINT), `${CFN_LINT} is missing: make setup installs it`);
  const { directory, stacks } = app.synth();
  const templates = stacks.map((stack) => join(directory, stack.templateFile));
  const words = [CFN_LINT, '--format', 'parseable', '--ignore-checks', IGNORED, '--', ...templates];
  const { stdout, stderr, error } = spawnSync(join(VENV, 'python3'), words, { encoding: 'utf8' });
  assert.equal(error, undefined);
  return stdout + stderr;
}

test('cfn-lint finds nothing in the template', () => {
  assert.equal(lint(makeStack().app), '');
});

test('cfn-lint finds nothing in a template with every choice made otherwise', () => {
  const context = {
    alarmEmail: 'ops@example.com',
    architecture: 'x86_64',
    deletionProtection: 'false',
    silenceAlarm: 'false',
    monthlyReads: '2000000',
    logRetentionDays: '3653',
    visibilitySeconds: '30',
    messageRetentionDays: '1',
    sweepSent: 'cron(0/15 8-17 ? JAN,MAR-DEC MON-FRI 2026-2199)',
  };
  assert.equal(lint(makeStack(context).app), '');
});

test('cfn-lint finds a value that CloudFormation would refuse', () => {
  const { app, stack } = makeStack();
  new CfnResource(stack, 'Wrong', { type: 'AWS::SQS::Queue', properties: { VisibilityTimeout: 'soon' } });
  assert.match(lint(app), /E3012:'soon' is not of type 'integer'/);
});
