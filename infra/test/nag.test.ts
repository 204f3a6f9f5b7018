import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type App, Validations } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';

import { makeStack } from './synth.ts';

/** Throws, and prints what it found, unless each finding is acknowledged with a reason. */
function check(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
}

test('nothing that AwsSolutions finds is left without a reason', () => {
  check(makeStack().app);
  check(makeStack({ mailFrom: 'sync@example.com' }).app);
});

test('a topic that may be reached without TLS is found', () => {
  const { app, stack } = makeStack();
  new Topic(stack, 'Careless');
  assert.throws(() => check(app), { name: 'ValidationFailed' });
  // A validation that fails also marks the whole process as failed.
  process.exitCode = 0;
});
