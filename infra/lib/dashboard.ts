import { Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IMetric, SingleValueWidget, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import type { Config } from './config.ts';
import type { Functions } from './functions.ts';
import { ownMetric } from './metrics.ts';
import type { WorkQueue } from './work-queue.ts';

const FIVE_MINUTES = Duration.minutes(5);

/** How the whole deployment stands, in figures over all companies. */
export function dashboard(scope: Construct, config: Config, queue: WorkQueue, made: Functions): Dashboard {
  const { sweep, webhook, qboWebhook, notify } = made;
  const measured = (name: string, label: string): IMetric =>
    ownMetric(name, FIVE_MINUTES, sweep, Stats.MAXIMUM).with({ label });
  const stands = [
    measured('OpenAlerts', 'Open alerts'),
    measured('LostConnections', 'Companies cut off'),
    measured('OldestUnsynced', 'Oldest change that is not in QuickBooks (s)'),
    measured('ParkedWork', 'Work under way or waiting for its time'),
    measured('SilentCompanies', 'Companies that fell silent'),
    measured('MeteredReads', 'Reads of QuickBooks this month'),
    ...(notify === undefined
      ? []
      : [ownMetric('LettersFailing', FIVE_MINUTES, notify, Stats.MAXIMUM).with({ label: 'Mails and messages that fail' })]),
  ];
  const { work, deadLetters } = queue;
  const messages = { period: FIVE_MINUTES, statistic: Stats.MAXIMUM };
  const accepted = (label: string, from: typeof webhook): IMetric =>
    ownMetric('WebhookAccepted', FIVE_MINUTES, from).with({ label });
  const functions = Object.values(made).filter((one) => one !== undefined);
  const graph = (title: string, left: IMetric[]): GraphWidget => new GraphWidget({ title, left, width: 12, height: 6 });
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: config.stackName,
    defaultInterval: Duration.days(1),
    widgets: [
      [new SingleValueWidget({ title: 'Now', metrics: stands, width: 24, height: 4 })],
      [
        graph('Alerts, lost connections, waiting work', stands.filter((_, at) => at !== 2 && at !== 5)),
        graph('Age of the oldest change that is not in QuickBooks (s)', stands.slice(2, 3)),
      ],
      [
        graph('Messages', [
          work.metricApproximateNumberOfMessagesVisible({ ...messages, label: 'in the queue' }),
          work.metricApproximateNumberOfMessagesNotVisible({ ...messages, label: 'at work' }),
          deadLetters.metricApproximateNumberOfMessagesVisible({ ...messages, label: 'dead letters' }),
        ]),
        graph('Age of the oldest message (s)', [work.metricApproximateAgeOfOldestMessage(messages)]),
      ],
      [graph('Reads of QuickBooks this month', stands.slice(5, 6))],
      [
        graph('Webhooks', [accepted('Housecall Pro', webhook), accepted('QuickBooks', qboWebhook)]),
        graph('Runs that failed', functions.map((one) => one.metricErrors({ period: FIVE_MINUTES, label: one.node.id }))),
      ],
    ],
  });
}
