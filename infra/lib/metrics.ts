import type { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function } from 'aws-cdk-lib/aws-lambda';

/** The namespace of the metrics that the functions write into their logs. */
const NAMESPACE = 'hcp-qbo-sync';

/** A metric that a function writes into its log. */
export function ownMetric(metricName: string, period: Duration, from: Function, statistic: string = Stats.SUM): Metric {
  return new Metric({
    namespace: NAMESPACE,
    metricName,
    dimensionsMap: { FunctionName: from.functionName },
    period,
    statistic,
  });
}
