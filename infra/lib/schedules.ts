import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import { type Config, SWEEPS } from './config.ts';

/**
 * Starts the sweeps on time. A start that fails is not tried again and not kept: every sweep works
 * from what the table says, so the next one catches up, and its errors raise an alarm.
 */
export function schedules(scope: Construct, config: Config, sweep: Function): void {
  const role = new Role(scope, 'ScheduleRole', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  });
  role.addToPolicy(
    new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [sweep.functionArn] }),
  );
  for (const name of SWEEPS) {
    new CfnSchedule(scope, `Sweep-${name}`, {
      description: `Sweeps for ${name} work`,
      scheduleExpression: config.sweeps[name],
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: sweep.functionArn,
        roleArn: role.roleArn,
        input: JSON.stringify({ sweep: name }),
        retryPolicy: { maximumRetryAttempts: 0 },
      },
    });
  }
}
