import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import { type Config, SWEEPS } from './config.ts';
import type { Functions } from './functions.ts';

/**
 * Starts the sweeps, the pull and the telling of people on time. A start that fails is not tried again and not kept: each works
 * from what the table says, so the next one catches up, and its errors raise an alarm.
 */
export function schedules(scope: Construct, config: Config, { sweep, pull, notify }: Pick<Functions, 'sweep' | 'pull' | 'notify'>): void {
  const started = notify === undefined ? [sweep, pull] : [sweep, pull, notify];
  const role = new Role(scope, 'ScheduleRole', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  });
  role.addToPolicy(
    new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: started.map((one) => one.functionArn) }),
  );
  const schedule = (id: string, description: string, expression: string, starts: Function, input: object): void => {
    new CfnSchedule(scope, id, {
      description,
      scheduleExpression: expression,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: starts.functionArn,
        roleArn: role.roleArn,
        input: JSON.stringify(input),
        retryPolicy: { maximumRetryAttempts: 0 },
      },
    });
  };
  for (const name of SWEEPS) {
    schedule(`Sweep-${name}`, `Sweeps for ${name} work`, config.sweeps[name], sweep, { sweep: name });
  }
  schedule('PullPayments', 'Looks what people changed in QuickBooks', config.pullPayments, pull, {});
  if (notify !== undefined) schedule('TellPeople', 'Tells people what wants them', config.notify, notify, {});
}
