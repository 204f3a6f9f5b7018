import { Duration, Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

import type { Config } from './config.ts';
import type { Functions } from './functions.ts';
import { ownMetric } from './metrics.ts';
import type { WorkQueue } from './work-queue.ts';

const FIVE_MINUTES = Duration.minutes(5);

/** What a person has to hear of. */
export function alarms(
  scope: Construct,
  config: Config,
  queue: WorkQueue,
  { webhook, qboWebhook, consumer, sweep, pull, office, push, connect, notify }: Functions,
  apis: { readonly api: HttpApi; readonly office: HttpApi },
): Topic {
  const topic = alarmTopic(scope, config);
  const action = new SnsAction(topic);

  const alarm = (id: string, description: string, metric: IMetric, above: number, more: AlarmTraits = {}): void => {
    const made = new Alarm(scope, `${id}Alarm`, {
      alarmName: `${config.stackName}-${id}`,
      alarmDescription: description,
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...more.props,
    });
    made.addAlarmAction(action);
    if (more.tellsItsEnd ?? true) made.addOkAction(action);
    if (more.tellsLackOfData ?? false) made.addInsufficientDataAction(action);
  };

  alarm(
    'OldestMessage',
    'Work has been waiting in the queue for too long: the consumer is failing or too slow.',
    queue.work.metricApproximateAgeOfOldestMessage({ period: FIVE_MINUTES, statistic: Stats.MAXIMUM }),
    config.oldestMessage.toSeconds(),
  );
  alarm(
    'DeadLetters',
    'Messages that could not be worked on are in the dead-letter queue.',
    queue.deadLetters.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES, statistic: Stats.MAXIMUM }),
    0,
  );
  const told = notify === undefined ? {} : { Notify: notify };
  const watched = { Webhook: webhook, QboWebhook: qboWebhook, Consumer: consumer, Sweep: sweep, Pull: pull, Office: office, Push: push, Connect: connect, ...told };
  for (const [name, made] of Object.entries(watched)) {
    alarm(`${name}Errors`, `${name}: a run failed or timed out; see its log.`, made.metricErrors({ period: FIVE_MINUTES }), 0);
    alarm(`${name}Throttles`, `${name}: Lambda refused to start it, see the account's concurrency.`, made.metricThrottles({ period: FIVE_MINUTES }), 0);
  }
  // A sweep that does not run tells nothing, so its silence is a lack of data. Told as such, it begins with the second
  // quarter of an hour without a run; the alarm of a new deployment begins without data and tells nobody.
  alarm(
    'SweepSilence',
    'INSUFFICIENT_DATA: the sweeps have stopped, so that work that was put off is not taken up again, and alerts and waiting changes are not counted. Are the schedules enabled?',
    sweep.metricInvocations({ period: FIVE_MINUTES }),
    0,
    {
      props: {
        comparisonOperator: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: 3,
        treatMissingData: TreatMissingData.MISSING,
      },
      tellsLackOfData: true,
    },
  );
  alarm(
    'ApiErrors',
    'Webhooks were answered with a server error; Housecall Pro may switch its webhook off, and Intuit holds back what follows.',
    apis.api.metricServerError({ period: FIVE_MINUTES, statistic: Stats.SUM }),
    0,
  );
  alarm(
    'OfficeApiErrors',
    'People who used the office were answered with a server error; see the log of the function.',
    apis.office.metricServerError({ period: FIVE_MINUTES, statistic: Stats.SUM }),
    0,
  );
  alarm(
    'WebhookRefused',
    'Many webhooks were refused: a signing secret that does not match, or somebody trying.',
    ownMetric('WebhookRefused', FIVE_MINUTES, webhook),
    5,
  );
  alarm(
    'QboWebhookRefused',
    'Many webhooks of QuickBooks were refused: a verifier token that does not match, or somebody trying.',
    ownMetric('WebhookRefused', FIVE_MINUTES, qboWebhook),
    5,
  );
  if (config.silenceAlarm) {
    // The sweep adds a zero each minute once a company has been connected for a day: before, there is no data at all.
    alarm(
      'WebhookSilence',
      'No webhook came for a day: is it switched off in Housecall Pro?',
      ownMetric('WebhookAccepted', Duration.days(1), webhook),
      0,
      { props: { comparisonOperator: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD } },
    );
  }
  alarm(
    'OpenAlerts',
    'Alerts wait for a person; see which with the command `hcpqbo alerts`.',
    ownMetric('OpenAlerts', FIVE_MINUTES, sweep, Stats.MAXIMUM),
    0,
  );
  alarm(
    'FurtherAlerts',
    'Further alerts came up while others are open; see which with the command `hcpqbo alerts`.',
    ownMetric('FurtherAlerts', FIVE_MINUTES, sweep, Stats.MAXIMUM),
    0,
    // They are open still: that it is some minutes since is no news.
    { tellsItsEnd: false },
  );
  alarm(
    'LostConnections',
    'Housecall Pro or QuickBooks no longer accepts the keys of a company; its work waits until they are changed.',
    ownMetric('LostConnections', FIVE_MINUTES, sweep, Stats.MAXIMUM),
    0,
  );
  alarm(
    'SilentCompanies',
    'A company for which webhooks usually come has had none for much longer than usual: is its webhook switched off in Housecall Pro?',
    ownMetric('SilentCompanies', FIVE_MINUTES, sweep, Stats.MAXIMUM),
    0,
  );
  alarm(
    'MeteredReads',
    'Four fifths of the reads of QuickBooks that Intuit allows in a month are used up; beyond the allowance it answers none until the next month.',
    ownMetric('MeteredReads', FIVE_MINUTES, sweep, Stats.MAXIMUM),
    Math.floor((config.monthlyReads * 4) / 5),
  );
  alarm(
    'OldestUnsynced',
    'A change in Housecall Pro is not in QuickBooks yet, and waits for longer than it should.',
    // What a sweep has just found is old, and gone within a minute.
    ownMetric('OldestUnsynced', FIVE_MINUTES, sweep, Stats.MINIMUM),
    config.oldestChange.toSeconds(),
  );
  if (notify !== undefined) {
    alarm(
      'LettersFailing',
      'Mails or messages in Slack cannot be sent, so that somebody does not hear of alerts; the log of the function says why.',
      // It is counted every five minutes, and not in each of them.
      ownMetric('LettersFailing', Duration.minutes(15), notify, Stats.MAXIMUM),
      0,
    );
  }
  return topic;
}

/** How an alarm differs from the others. */
interface AlarmTraits {
  readonly props?: Partial<AlarmProps>;
  readonly tellsItsEnd?: boolean;
  readonly tellsLackOfData?: boolean;
}

/** Encrypted with a key of its own: CloudWatch may not use the one that AWS manages for SNS. */
function alarmTopic(scope: Construct, config: Config): Topic {
  const key = new Key(scope, 'AlarmKey', {
    description: `Alarms of ${config.stackName}`,
    enableKeyRotation: true,
  });
  key.grantEncryptDecrypt(new ServicePrincipal('cloudwatch.amazonaws.com'));
  const topic = new Topic(scope, 'AlarmTopic', { masterKey: key, enforceSSL: true });
  // Only alarms of this account.
  const conditions = { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } };
  topic.grantPublish(new ServicePrincipal('cloudwatch.amazonaws.com', { conditions }));
  if (config.alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(config.alarmEmail));
  return topic;
}
